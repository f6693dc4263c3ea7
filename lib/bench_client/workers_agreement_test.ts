import assert from "node:assert/strict";
import type { Measured } from "./scenarios.ts";
import { disagreements, type Pair } from "./workers_agreement.ts";

const ONE = {
  window_tokens_per_s: 9600,
  ttft_p50_ms: 50,
  true_ttft_p50_ms: 50,
  tpot_p50_ms: 10,
  true_tpot_p50_ms: 10,
  miscounted: null,
} as Measured;
const pair = (several: Partial<Measured>): Pair => [ONE, { ...ONE, ...several }];

Deno.test("numbers within 1 % agree, and one noisy pair of three decides nothing", () => {
  const good = pair({ ttft_p50_ms: 50.4, window_tokens_per_s: 9520 });
  assert.deepEqual(disagreements([good, pair({ ttft_p50_ms: 80 }), good]), []);
});

Deno.test("what differs is named with how much", () => {
  assert.deepEqual(disagreements([pair({ tpot_p50_ms: 10.2 })]), [
    "TPOT p50 / true: several workers differ from one by 2.00 %, at most 1 % is accepted",
  ]);
});

Deno.test("a server that was slower in one of the runs makes no difference", () => {
  const slower = { ttft_p50_ms: 60.1, true_ttft_p50_ms: 60 };
  assert.deepEqual(disagreements([pair(slower)]), []);
});

Deno.test("a miscount in any run is told", () => {
  const wrong = pair({ miscounted: "3 answers were not counted in full" });
  assert.deepEqual(disagreements([pair({}), wrong, pair({})]), [
    "miscounted: 3 answers were not counted in full",
  ]);
});
