import assert from "node:assert/strict";
import { geometricMean, harmonicMean } from "simple-statistics";
import { assertNear } from "./testdata/near.ts";

// simple-statistics has both, so there is no file of ours; this holds it to what the study needs.

Deno.test("3.2: the mean of rates over equal work is harmonic", () => {
  // 1000 tokens at 100 tok/s and 1000 at 50 tok/s take 30 s: 66.67 tok/s, not 75.
  assertNear(harmonicMean([100, 50]), 2000 / 30, 1e-12);
});

Deno.test("3.2: the geometric mean of ratios does not depend on which side is below", () => {
  const ratios = [1.02, 0.97, 1.1];
  assertNear(geometricMean(ratios) * geometricMean(ratios.map((ratio) => 1 / ratio)), 1, 1e-12);
  assertNear(geometricMean([2, 8]), 4, 1e-12);
});

Deno.test("a mean over values that are not positive is refused", () => {
  assert.throws(() => harmonicMean([1, 0]));
  assert.throws(() => geometricMean([1, -1]));
});
