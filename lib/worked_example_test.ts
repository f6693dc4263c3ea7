/** One stream with known answers (method note 1.2), from its bytes to its metrics. */
import assert from "node:assert/strict";
import { e2eMs, eventGapsMs, tpotMs, ttftFromSendMs, ttftMs } from "@/analysis/request_metrics.ts";
import { Arrivals, type Read } from "@/load/arrivals.ts";
import { type Exchange, toRecord } from "@/load/exchange.ts";
import type { RequestRecord } from "@/records/request_record.ts";

const choice = (delta: unknown, finish_reason: string | null = null) =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] });

/** When each event arrived, and its data. Three tokens come in one event, two in another. */
const EVENTS: [at_ms: number, data: string][] = [
  [120, choice({ role: "assistant", content: "" })],
  [150, choice({ content: "One" })],
  [180, choice({ content: " two three four" })],
  [190, choice({ content: "" })],
  [220, choice({ content: " five six" })],
  [221, choice({}, "length")],
  [222, JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 6 } })],
  [223, "[DONE]"],
];

function recordOf(reads: Read[]): RequestRecord {
  const planned = {
    trial_id: "t",
    phase: "measured",
    request_index: 0,
    user_index: 0,
    in_flight: 1,
    scheduled_ms: 0,
  } as const;
  const seen: Exchange = {
    request: { prompt_id: "p", max_tokens: 6, body: new Uint8Array() },
    sent_ms: 2,
    headers_ms: 119,
    end_ms: 223.5,
    http_status: 200,
    arrivals: Arrivals.of(reads),
    headers: {},
    broken: null,
  };
  return toRecord(planned, seen);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function assertKnownAnswers(record: RequestRecord): void {
  assert.equal(record.failure, null);
  assert.equal(record.events, 8);
  assert.equal(record.output_tokens, 6);
  assert.deepEqual(record.token_ms, [150, 180, 220]);
  assert.equal(record.role_ms, 120);
  assert.equal(ttftMs(record), 150);
  assert.equal(ttftFromSendMs(record), 148);
  assert.equal(tpotMs(record), 14.0);
  assert.deepEqual(eventGapsMs(record.token_ms), [30, 40]);
  assert.equal(e2eMs(record), 220);
}

Deno.test("the worked stream gives TTFT 150, TPOT 14.0 and gaps of 30 and 40 ms", () => {
  const record = recordOf(
    EVENTS.map(([at_ms, data]) => ({ at_ms, bytes: bytes(`data: ${data}\n\n`) })),
  );
  assertKnownAnswers(record);
  assert.equal(record.reads, 8);
});

Deno.test("the same stream gives the same numbers when each event comes in two reads", () => {
  const reads = EVENTS.flatMap(([at_ms, data]) => {
    const whole = bytes(`data: ${data}\r\n\r\n`);
    return [
      { at_ms: at_ms - 0.9, bytes: whole.subarray(0, 5) },
      { at_ms, bytes: whole.subarray(5) },
    ];
  });
  assertKnownAnswers(recordOf(reads));
});

Deno.test("the same stream gives the same numbers when blank lines come with the next event", () => {
  const reads = EVENTS.map(([at_ms, data], i) => ({
    at_ms,
    bytes: bytes(`${i === 0 ? "" : "\n"}data: ${data}\n`),
  }));
  assertKnownAnswers(recordOf([...reads, { at_ms: 223, bytes: bytes("\n") }]));
});
