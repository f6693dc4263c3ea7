import assert from "node:assert/strict";
import { sampleStandardDeviation } from "simple-statistics";
import { autocorrelation } from "./autocorrelation.ts";
import { effectiveSampleSize } from "./effective_sample_size.ts";
import { correlatedSeries, minstd } from "./testdata/minstd.ts";
import { assertAllPrinted, assertPrinted } from "./testdata/near.ts";

Deno.test("7: the test generator is minstd", () => {
  assert.deepEqual(minstd(3), [7.826369259425611e-06, 0.13153778814316625, 0.7556053221950332]);
});

Deno.test("7.8: autocorrelation at lags 1 to 5 is that of R's acf", () => {
  const [zero, ...rho] = autocorrelation(correlatedSeries(), 5);
  assert.equal(zero, 1);
  assertAllPrinted(rho, ".779320 .601201 .490195 .362551 .248658");
});

Deno.test("7.8: Geyer's tau, the effective size and the standard errors that follow", () => {
  const y = correlatedSeries();
  const { tau, n_eff, pairs } = effectiveSampleSize(y);
  assert.equal(pairs, 5);
  assertPrinted(tau, "6.5998965463");
  assertPrinted(n_eff, "30.3035053044");
  const sd = sampleStandardDeviation(y);
  assertPrinted(sd, "0.4643172042");
  assertPrinted(sd / Math.sqrt(y.length), "0.0328321844");
  assertPrinted(sd / Math.sqrt(n_eff), "0.0843467478");
});

Deno.test("a slow series needs more lags than are computed at first", () => {
  const slope = Array.from({ length: 4000 }, (_, i) => i);
  const { tau, pairs } = effectiveSampleSize(slope);
  assert(pairs > 500 && tau > 1000, `${pairs} pairs, tau ${tau}`);
});

Deno.test("n_eff never exceeds n; constant and tiny series count as they are", () => {
  const alternating = Array.from({ length: 100 }, (_, i) => i % 2);
  assert.equal(effectiveSampleSize(alternating).n_eff, 100);
  assert.equal(effectiveSampleSize(new Array(50).fill(3)).n_eff, 50);
  assert.equal(effectiveSampleSize([1, 2, 3]).n_eff, 3);
  assert.equal(effectiveSampleSize([]).n_eff, 0);
});
