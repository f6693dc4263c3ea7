import assert from "node:assert/strict";
import { request } from "@/records/testdata/sample_records.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { clientErrors, paired } from "./client_errors.ts";
import { narrowed } from "./clock_offset.ts";
import type { TruthRecord } from "./truth_record.ts";

/** The server's clock stands 1000 ms before the client's. */
const AHEAD_MS = 1000;

/** Read 1 ms after the send; tokens at 50, 70, 90 from then. */
function truth(changes: Partial<TruthRecord> = {}): TruthRecord {
  return {
    request: 1,
    received_ms: AHEAD_MS + 1,
    due_ms: [AHEAD_MS + 51, AHEAD_MS + 71, AHEAD_MS + 91],
    sent_ms: [AHEAD_MS + 51, AHEAD_MS + 71, AHEAD_MS + 91.5],
    tokens: [1, 1, 1],
    write_ms_max: 0,
    outcome: "sent",
    ...changes,
  };
}

/** Sent at 0, seen 1, 3 and 1 ms after the tokens left. */
function seen(changes: Partial<RequestRecord> = {}): RequestRecord {
  const token_ms = [52, 74, 92.5];
  return request({
    scheduled_ms: 0,
    sent_ms: 0,
    token_ms,
    first_token_ms: 52,
    last_token_ms: 92.5,
    prompt_tokens: 1,
    output_tokens: 3,
    ...changes,
  });
}

const close = (value: number | null, expected: number) =>
  assert.ok(Math.abs(value! - expected) < 1e-9, `${value}, expected ${expected}`);

Deno.test("errors come from the server's own times and not from what was due", () => {
  const pair = { seen: seen(), truth: truth() };
  const offset = narrowed([pair]);
  assert.deepEqual(offset, { low_ms: AHEAD_MS - 1, high_ms: AHEAD_MS + 1 });
  const errors = clientErrors(pair, offset);
  close(errors.ttft_error_ms, 2);
  close(errors.server_late_ms, 1);
  close(errors.tpot_error_ms, 0);
  errors.gap_errors_ms.forEach((error, i) => close(error, [2, -2][i]!));
  errors.send_late_ms.forEach((late, i) => close(late, [0, 0, 0.5][i]!));
});

Deno.test("a server that reads the request late is no error of the client, a late client is", () => {
  const prompt = { seen: seen(), truth: truth() };
  const shift = (by_ms: number) => truth().sent_ms.map((at) => at + by_ms);
  const readLate = {
    seen: seen({ token_ms: [82, 104, 122.5], first_token_ms: 82, last_token_ms: 122.5 }),
    truth: truth({ request: 2, received_ms: AHEAD_MS + 31, sent_ms: shift(30) }),
  };
  const offset = narrowed([prompt, readLate]);
  const server = clientErrors(readLate, offset);
  close(server.ttft_error_ms - server.server_late_ms, 1);
  const late = clientErrors({ ...prompt, seen: seen({ scheduled_ms: -5 }) }, offset);
  close(late.ttft_error_ms - late.server_late_ms, 6);
});

Deno.test("every answer narrows the offset of the clocks, whatever came before", () => {
  const first = narrowed([{ seen: seen(), truth: truth() }]);
  const quick = truth({ request: 2, received_ms: AHEAD_MS + 0.2 });
  assert.deepEqual(narrowed([{ seen: seen(), truth: quick }], first), {
    low_ms: AHEAD_MS - 1,
    high_ms: AHEAD_MS + 0.2,
  });
});

Deno.test("tokens that were lost or made up are told and not averaged away", () => {
  const offset = { low_ms: AHEAD_MS, high_ms: AHEAD_MS };
  const wrong = [seen({ output_tokens: 4 }), seen({ token_ms: [52, 74] })];
  for (const each of wrong) {
    assert.throws(
      () => clientErrors({ seen: each, truth: truth() }, offset),
      /the server sent 3 tokens in 3 frames, the client saw/,
    );
  }
});

Deno.test("answers and truths are paired by the number that the server told", () => {
  const truths = [truth({ request: 2 }), truth({ request: 1 })];
  const pairs = paired([seen(), seen({ prompt_tokens: 2 }), seen({ prompt_tokens: 9 })], truths);
  assert.deepEqual(pairs.map((pair) => pair.truth.request), [1, 2]);
});
