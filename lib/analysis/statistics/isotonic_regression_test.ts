import assert from "node:assert/strict";
import { isotonicRegression } from "./isotonic_regression.ts";
import { assertAllPrinted } from "./testdata/near.ts";

Deno.test("7.9: decreasing fit of attainment over load", () => {
  const fit = isotonicRegression([1, .99, .995, .97, .98, .90, .70], "decreasing");
  assertAllPrinted(fit, "1 .9925 .9925 .975 .975 .90 .70");
});

Deno.test("an increasing fit is the mirror image; what is monotone stays", () => {
  assert.deepEqual(isotonicRegression([1, 3, 2, 4], "increasing"), [1, 2.5, 2.5, 4]);
  assert.deepEqual(isotonicRegression([1, 2, 3], "increasing"), [1, 2, 3]);
  assert.deepEqual(isotonicRegression([1, 2, 3], "decreasing"), [2, 2, 2]);
  assert.deepEqual(isotonicRegression([], "decreasing"), []);
});

Deno.test("a value that stands for more requests weighs more", () => {
  assert.deepEqual(isotonicRegression([3, 0], "increasing", [1, 2]), [1, 1]);
});
