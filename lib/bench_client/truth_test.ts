import assert from "node:assert/strict";
import { SCENARIOS } from "./scenarios.ts";
import { errorsOf, parseAnswers, parseTruth } from "./truth.ts";

const TWO = { ...SCENARIOS[0]!, requests: 2, max_tokens: 3, ttft_ms: 50, gap_ms: 10 };

/** Request 1 warms up; the server sent the second token of request 2 and all of request 3 late. */
const TRUTH = "1 0 50 50 60 70\n2 100 150 150 162 170\n3 105 155 156 166 176\n";

const errors = (answers: string, warmup = 1) =>
  errorsOf(TWO, parseTruth(TRUTH, warmup), parseAnswers(answers));
const close = (seen: number, expected: number) =>
  assert.ok(Math.abs(seen - expected) < 1e-9, `${seen} instead of ${expected}`);

Deno.test("a client that sees what the server did has no error, however late the server was", () => {
  const seen = errors("2 100 150 162 170\n3 105 156 166 176\n");
  assert.equal(seen.miscounted, null);
  for (const error of [seen.ttft_error_p50_ms, seen.ttft_error_p99_ms, seen.lateness_p99_ms]) {
    assert.equal(error, 0);
  }
  close(seen.itl_error, 0);
  close(seen.tpot_error, 0);
  assert.deepEqual([seen.ttft_p50_ms, seen.tpot_p50_ms], [50.5, 10]);
  assert.deepEqual([seen.true_ttft_p50_ms, seen.true_tpot_p50_ms], [50.5, 10]);
  assert.equal(seen.server_lateness_p50_ms, 1);
});

Deno.test("errors are those of durations, lateness is that of moments", () => {
  // Request 3 went out 2 ms before the server had it, and its last token was stamped 4 ms late.
  const seen = errors("2 100 150 162 170\n3 103 156 166 180\n");
  close(seen.ttft_error_p50_ms, (0 + 2) / 2);
  close(seen.itl_error, (20 + 24) / 40 - 1);
  close(seen.tpot_error, (0 + 4 / 20) / 2);
  assert.equal(seen.lateness_p50_ms, 0);
  assert.ok(seen.lateness_p99_ms > 3.5 && seen.lateness_p99_ms <= 4);
  assert.ok(seen.gap_p99_ms > 13.5 && seen.gap_p99_ms <= 14);
});

Deno.test("what was not counted in full is told", () => {
  assert.match(errors("2 100 150 162\n3 105 156 166 176\n").miscounted!, /^1 answers were not/);
  assert.match(errors("3 105 156 166 176\n").miscounted!, /^1 answers were not/);
  assert.match(errors("2 100 150 162 170\n3 105 156 166 176\n", 0).miscounted!, /^3 of 2 requests/);
  assert.throws(() => errors("9 1 2 3 4\n"), /no answer that the client tells of/);
});
