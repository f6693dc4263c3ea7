import assert from "node:assert/strict";
import { failedRequest, request } from "@/records/testdata/sample_records.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { insideOf } from "@/records/trial_requests.ts";
import { type Window, windowFigures as figuresOf } from "./window.ts";

function windowFigures(records: RequestRecord[], window: Window) {
  const rows = records.map((record) => ({ ...record, text_events: record.token_ms.length }));
  return figuresOf(rows, records.map(({ token_ms }) => insideOf(token_ms, window)), window);
}

/** An answer with `output_tokens` tokens in as many events, evenly up to `end_ms`. */
function steady(sent_ms: number, end_ms: number, output_tokens: number) {
  const step_ms = (end_ms - sent_ms) / output_tokens;
  const token_ms = Array.from({ length: output_tokens }, (_, i) => sent_ms + (i + 1) * step_ms);
  return request({ sent_ms, end_ms, output_tokens, token_ms });
}

function near(actual: number | null, expected: number): void {
  assert(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);
}

Deno.test("4 requests of 100 tokens, two at a time, 2 s each, are 100 tokens a second, not 50", () => {
  const records = [[0, 2000], [0, 2000], [2000, 4000], [2000, 4000]]
    .map(([sent_ms, end_ms]) => steady(sent_ms!, end_ms!, 100));
  const figures = windowFigures(records, { start_ms: 0, end_ms: 4000 })!;
  near(figures.output_tokens_per_s, 100);
  near(figures.requests_per_s, 1);
  near(figures.in_flight_mean, 2);
  near(figures.window_s, 4);
});

Deno.test("tokens and answers outside the window do not count, those on its edges do", () => {
  const record = request({
    sent_ms: 0,
    token_ms: [999, 1000, 1500, 2000, 2001],
    output_tokens: 5,
    end_ms: 2001,
  });
  const figures = windowFigures([record], { start_ms: 1000, end_ms: 2000 })!;
  near(figures.output_tokens_per_s, 3);
  near(figures.requests_per_s, 0);
  const ended = windowFigures([{ ...record, end_ms: 2000 }], { start_ms: 1000, end_ms: 2000 })!;
  near(ended.requests_per_s, 1);
});

Deno.test("an event with several tokens carries all of them", () => {
  // Four events, ten tokens: two and a half each; one of the events is late.
  const record = request({ token_ms: [100, 200, 300, 1200], output_tokens: 10, end_ms: 1201 });
  const figures = windowFigures([record], { start_ms: 0, end_ms: 1000 })!;
  near(figures.output_tokens_per_s, 7.5);
});

Deno.test("failed requests carry no tokens and no completions, but were in flight", () => {
  const cut = request({ failure: "stream_cut", sent_ms: 0, end_ms: 500 });
  const figures = windowFigures([cut, failedRequest({ sent_ms: 500, end_ms: 1000 })], {
    start_ms: 0,
    end_ms: 1000,
  })!;
  assert.deepEqual(figures, {
    window_s: 1,
    output_tokens_per_s: 0,
    requests_per_s: 0,
    in_flight_mean: 1,
  });
});

Deno.test("requests in flight are weighted by time and cut at the window", () => {
  const records = [
    request({ sent_ms: -500, end_ms: 250 }),
    request({ sent_ms: 0, end_ms: 1000 }),
    request({ sent_ms: 500, end_ms: 9000 }),
    request({ sent_ms: 1500, end_ms: 1600 }),
  ];
  const { in_flight_mean } = windowFigures(records, { start_ms: 0, end_ms: 1000 })!;
  near(in_flight_mean, 0.25 + 1 + 0.5);
});

Deno.test("a window without length has no rates", () => {
  assert.equal(windowFigures([request()], { start_ms: 5, end_ms: 5 }), null);
  assert.equal(windowFigures([request()], { start_ms: 5, end_ms: 4 }), null);
  assert.equal(windowFigures([request()], { start_ms: NaN, end_ms: 4 }), null);
});

Deno.test("a window in which nothing happened has rates of zero", () => {
  const figures = windowFigures([], { start_ms: 0, end_ms: 1000 })!;
  assert.deepEqual(
    [figures.output_tokens_per_s, figures.requests_per_s, figures.in_flight_mean],
    [0, 0, 0],
  );
});

Deno.test("without token times or counts there are requests a second, but no tokens", () => {
  for (const untold of [{ token_ms: [] }, { output_tokens: null }]) {
    const record = request({ sent_ms: 0, end_ms: 1000, ...untold });
    const figures = windowFigures([record], { start_ms: 0, end_ms: 1000 })!;
    assert.equal(figures.output_tokens_per_s, null);
    near(figures.requests_per_s, 1);
  }
});
