import assert from "node:assert/strict";
import { failedRequest, request } from "@/records/testdata/sample_records.ts";
import { e2eMs, eventGapsMs, tpotMs, ttftFromSendMs, ttftMs } from "./request_metrics.ts";

Deno.test("latencies count from the schedule and, beside it, from sending", () => {
  const late = request({ scheduled_ms: 40, sent_ms: 60, first_token_ms: 100, last_token_ms: 130 });
  assert.equal(ttftMs(late), 60);
  assert.equal(ttftFromSendMs(late), 40);
  assert.equal(e2eMs(late), 90);
});

Deno.test("the end of the stream is not the end of the answer", () => {
  assert.equal(e2eMs(request({ end_ms: 5000 })), 130);
});

Deno.test("time per token is over the tokens after the first, counted by the server", () => {
  assert.equal(tpotMs(request()), 10);
  // Three tokens an event: 10 tokens in four events.
  assert.equal(tpotMs(request({ output_tokens: 10 })), 30 / 9);
});

Deno.test("one token has no time per token", () => {
  const one = request({ output_tokens: 1, token_ms: [100], last_token_ms: 100 });
  assert.equal(tpotMs(one), null);
  assert.deepEqual(eventGapsMs(one.token_ms), []);
  assert.equal(ttftMs(one), 100);
});

Deno.test("a failed request is infinitely slow, whatever of it had arrived", () => {
  const cut = request({ failure: "stream_cut", error: "cut" });
  for (const failed of [failedRequest(), cut]) {
    assert.deepEqual(
      [ttftMs, ttftFromSendMs, e2eMs, tpotMs].map((metric) => metric(failed)),
      [Infinity, Infinity, Infinity, Infinity],
    );
  }
});

Deno.test("gaps are those between neighbouring events", () => {
  assert.deepEqual(eventGapsMs(request({ token_ms: [5, 5, 8, 20] }).token_ms), [0, 3, 12]);
  assert.deepEqual(eventGapsMs(failedRequest().token_ms), []);
});

Deno.test("what an imported file does not tell is null, not infinitely slow", () => {
  const untold = request({ scheduled_ms: null, last_token_ms: null });
  assert.deepEqual([ttftMs(untold), e2eMs(untold), tpotMs(untold)], [null, null, null]);
  assert(Number.isFinite(ttftFromSendMs(untold)));
  assert.equal(ttftMs({ ...untold, failure: "reported" }), Infinity);
});
