import assert from "node:assert/strict";
import type { ForeignRequest } from "./foreign_trial.ts";
import { trialRecords } from "./trial_records.ts";

/** Sent at a time on some clock, two tokens, ended so much later. */
const request = (
  sent_ms: number | null,
  end_after_ms: number | null,
  rest = {},
): ForeignRequest => ({
  sent_ms,
  first_token_after_ms: 1,
  last_token_after_ms: 2,
  end_after_ms,
  token_after_ms: [1, 2],
  events: 2,
  prompt_tokens: 5,
  output_tokens: 2,
  max_tokens: null,
  error: null,
  ...rest,
});

Deno.test("a request is scheduled when the one whose place it took had ended", () => {
  // Two at a time: places are free again at 1010, 1012 and 1025 on the tool's clock.
  const given = [
    request(1000, 10),
    request(1000, 12),
    request(1011, 14),
    request(1015, 20),
    request(1026, 5),
  ];
  const { records, window } = trialRecords(given, "t", 2);
  assert.deepEqual(records.map(({ sent_ms }) => sent_ms), [0, 0, 11, 15, 26]);
  assert.deepEqual(records.map(({ scheduled_ms }) => scheduled_ms), [0, 0, 10, 12, 25]);
  assert.deepEqual(records.map(({ in_flight }) => in_flight), [1, 2, 2, 2, 2]);
  assert.deepEqual(records[2]!.token_ms, [12, 13]);
  // Ends are 10, 12, 25, 31, 35: after the fourth only one is left.
  assert.deepEqual(window, { start_ms: 0, end_ms: 31 });
});

Deno.test("requests in any order of the file are put in the order of their sending", () => {
  const { records } = trialRecords([request(50, 5), request(40, 5), request(45, 5)], "t", 1);
  assert.deepEqual(records.map(({ sent_ms }) => sent_ms), [0, 5, 10]);
  assert.deepEqual(records.map(({ scheduled_ms }) => scheduled_ms), [0, 5, 10]);
});

Deno.test("one more at once than there are places is scheduled when it was sent, and seen", () => {
  const { records } = trialRecords([request(0, 10), request(0, 10), request(5, 10)], "t", 2);
  assert.deepEqual(records.map(({ in_flight }) => in_flight), [1, 2, 3]);
  assert.equal(records[2]!.scheduled_ms, 5);
});

Deno.test("warm-up keeps the places but not the window", () => {
  const warm = { phase: "warmup" };
  const given = [request(0, 10, warm), request(11, 10), request(22, 10)];
  const { records, window } = trialRecords(given, "t", 1);
  assert.deepEqual(records.map(({ phase }) => phase), ["warmup", "measured", "measured"]);
  assert.equal(records[1]!.scheduled_ms, 10);
  assert.deepEqual(window, { start_ms: 11, end_ms: 32 });
});

Deno.test("without send times every request counts from its own, and nothing else is made up", () => {
  const { records, window } = trialRecords([request(null, 10), request(null, null)], "t", 2);
  assert.equal(window, null);
  for (const record of records) {
    const { sent_ms, scheduled_ms, in_flight, user_index, first_token_ms } = record;
    assert.deepEqual(
      [sent_ms, scheduled_ms, in_flight, user_index, first_token_ms],
      [0, null, null, null, 1],
    );
  }
});

Deno.test("a failed request without times takes no one's schedule away", () => {
  const failed = request(null, null, { error: "refused", first_token_after_ms: null });
  const { records, window } = trialRecords([request(0, 10), failed, request(11, 10)], "t", 1);
  const good = records.filter(({ failure }) => failure === null);
  assert.deepEqual(good.map(({ scheduled_ms }) => scheduled_ms), [0, 10]);
  assert.deepEqual(window, { start_ms: 0, end_ms: 21 });
  assert.equal(records.find(({ failure }) => failure !== null)!.error, "refused");
});

Deno.test("fewer requests than places never filled them, so there is no window", () => {
  assert.equal(trialRecords([request(0, 10)], "t", 2).window, null);
  assert.deepEqual(trialRecords([], "t", 2), { records: [], window: null });
});
