import assert from "node:assert/strict";
import { rowsOf, tableText } from "./bench_table.ts";
import type { Measured } from "./scenarios.ts";

const GOOD: Measured = {
  ttft_error_p50_ms: 0.1,
  ttft_error_p99_ms: 1,
  itl_error: 0.0001,
  tpot_error: 0.0002,
  gap_p99_ms: 11,
  ttft_p50_ms: 50.1,
  tpot_p50_ms: 10,
  true_ttft_p50_ms: 50,
  true_tpot_p50_ms: 10,
  lateness_p50_ms: 0.03,
  lateness_p99_ms: 0.2,
  miscounted: null,
  tokens_per_s: 9600,
  window_tokens_per_s: 9600,
  cpu_us_per_token: 10,
  startup_cpu_s: 0.2,
  peak_bytes: 140e6,
  server_lateness_p50_ms: 0.02,
  server_lateness_p99_ms: 0.1,
  server_gap_p99_ms: 10.1,
};
const floor = {
  client: { name: "floor", judged: false },
  runs: [{ ...GOOD, cpu_us_per_token: 6 }],
};
const judged = (...runs: Partial<Measured>[]) => ({
  client: { name: "socket", judged: true },
  runs: runs.map((run) => ({ ...GOOD, ...run })),
});

Deno.test("medians decide each target, and CPU time is judged against the floor's beside it", () => {
  const runs = [{ ttft_error_p99_ms: 9 }, { ttft_error_p99_ms: 1.5 }, { cpu_us_per_token: 30 }];
  const [, row] = rowsOf("A", [floor, judged(...runs)]);
  assert.equal(row!.medians.ttft_error_p99_ms, 1.5);
  assert.equal(row!.medians.cpu_ratio, 10 / 6);
  assert.ok(row!.verdicts.length >= 7 && row!.verdicts.every(({ met }) => met));
});

Deno.test("a target that is missed is named with what was seen and what was asked", () => {
  const rows = rowsOf("A", [floor, judged({ cpu_us_per_token: 12.6, itl_error: 0.002 })]);
  const text = tableText(rows);
  assert.match(text, /^socket: missed: cpu_ratio 2\.1, at most 2$/m);
  assert.match(text, /^socket: missed: itl_error 0\.002, at most 0\.001$/m);
  assert.match(text, /^socket: met: ttft_error_p50_ms 0\.1, at most 0\.2$/m);
  assert.doesNotMatch(text, /^floor: (met|missed)/m);
});

Deno.test("one run that miscounts makes the counts wrong", () => {
  const rows = rowsOf("A", [floor, judged({}, { miscounted: "1 answers were not" }, {})]);
  assert.match(tableText(rows), /^socket +WRONG/m);
  assert.match(tableText(rows), /^socket: missed: counts exact: 1 answers were not$/m);
});

Deno.test("without a floor, and without targets, no verdict is given", () => {
  const [alone] = rowsOf("A", [judged({})]);
  assert.equal(alone!.medians.cpu_ratio, null);
  assert.ok(!alone!.verdicts.some(({ metric }) => metric === "cpu_ratio"));
  const [, free] = rowsOf("B-step", [floor, judged({})]);
  assert.deepEqual(free!.verdicts, []);
});
