import assert from "node:assert/strict";
import { mannKendall } from "./mann_kendall.ts";
import { assertNear, assertPrinted } from "./testdata/near.ts";

Deno.test("7.9: Kendall's trend is that of R's cor.test", () => {
  const { tau, p, exact } = mannKendall([101, 103, 102, 106, 105, 108, 107, 111, 110, 114]);
  assertPrinted(tau, ".8222222");
  assertPrinted(p, ".0003576940");
  assert(exact);
});

Deno.test("exact p of 4 values is the share of their 24 orders", () => {
  assertNear(mannKendall([1, 2, 3, 4]).p, 2 / 24, 1e-12);
  assertNear(mannKendall([4, 3, 2, 1]).p, 2 / 24, 1e-12);
  assertNear(mannKendall([1, 2, 4, 3]).p, 8 / 24, 1e-12);
  assert.equal(mannKendall([2, 1, 4, 3]).p < 1, true);
  assert.equal(mannKendall([2, 4, 1, 3]).p, 1);
});

Deno.test("ties use the corrected variance", () => {
  // S = 13 of 15 pairs, two tied pairs: var = (6·5·17 − 2·2·1·9) / 18 = 79/3; z = 12 / √(79/3).
  const { tau, p, exact } = mannKendall([1, 1, 2, 3, 3, 4]);
  assert.equal(exact, false);
  assertNear(tau, 13 / 15, 1e-12);
  assertNear(p, 0.019363, 5e-6);
});

Deno.test("a series too long to enumerate is close to SciPy 1.17.1's exact p", () => {
  const wave = (n: number) => Array.from({ length: n }, (_, i) => (i * 37) % 101 + i / 3);
  const [exact, normal] = [mannKendall(wave(60)), mannKendall(wave(61))];
  assert.deepEqual([exact.exact, normal.exact], [true, false]);
  assertNear(exact.p, 0.053025731223, 1e-9);
  assertNear(normal.p, 0.023442968094, 5e-4);
});

Deno.test("constant, single and no values show no trend", () => {
  for (const values of [[], [1], [2, 2, 2, 2]]) assert.equal(mannKendall(values).p, 1);
});
