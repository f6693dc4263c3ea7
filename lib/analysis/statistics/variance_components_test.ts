import assert from "node:assert/strict";
import { meanInterval } from "./mean_interval.ts";
import { bestPassesPerLaunch, varianceComponents } from "./variance_components.ts";
import { assertAllPrinted, assertNear, assertPrinted } from "./testdata/near.ts";
import { LAUNCHES } from "./testdata/samples.ts";

Deno.test("7.8: variance between launches and inside them is that of R's anova", () => {
  const components = varianceComponents(LAUNCHES)!;
  assertPrinted(components.mean_square_between, "2028");
  assertPrinted(components.mean_square_within, "28");
  assertPrinted(components.f, "72.42857");
  assertPrinted(components.between, "500");
  assertPrinted(components.icc, ".946970");
});

Deno.test("2.5: with these variances one pass a launch is best", () => {
  const passes = bestPassesPerLaunch(varianceComponents(LAUNCHES)!, { launch_s: 180, pass_s: 60 });
  assertPrinted(passes, "0.41");
});

Deno.test("7.8: the interval of three launches, and the narrow one that counts passes", () => {
  const means = LAUNCHES.map((passes) => passes.reduce((sum, value) => sum + value, 0) / 4);
  const { low, high } = meanInterval(means)!;
  assertAllPrinted([low, high], "2331.0655 2442.9345");
  const wrong = meanInterval(LAUNCHES.flat())!;
  assertAllPrinted([wrong.low, wrong.high], "2374.4262 2399.5738");
  assert.equal(meanInterval([1]), null);
});

Deno.test("launches of unequal length use the size that makes the estimate unbiased", () => {
  // Means 2 and 10, sizes 3 and 1: grand mean 4, between 3·4 + 36 = 48, within (1 + 0 + 1) / 2 = 1,
  // size 4 − 10/4 = 1.5, launch variance 47 / 1.5.
  const { between, within } = varianceComponents([[1, 2, 3], [10]])!;
  assertNear(between, 47 / 1.5, 1e-12);
  assertNear(within, 1, 1e-12);
});

Deno.test("launches that differ less than their passes have no launch variance", () => {
  const { between, icc } = varianceComponents([[1, 9], [2, 8], [5, 5]])!;
  assert.deepEqual([between, icc], [0, 0]);
  assert.equal(varianceComponents([[1], [2]]), null);
  assert.equal(varianceComponents([[1, 2]]), null);
});
