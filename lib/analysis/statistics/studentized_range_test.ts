import assert from "node:assert/strict";
import { studentizedRangeP, studentizedRangeQuantile } from "./studentized_range.ts";
import { assertNear } from "./testdata/near.ts";

/** scipy.stats.studentized_range.ppf(0.95, groups, df) of SciPy 1.17.1. */
const DF = [4, 5, 6, 8, 10, 12, 15, 20, 25, 30];
const SCIPY: Record<number, number[]> = {
  3: [
    5.04024125,
    4.60172605,
    4.33919548,
    4.04103647,
    3.87677675,
    3.77292897,
    3.67337766,
    3.57793473,
    3.52256574,
    3.48642006,
  ],
  4: [
    5.75706038,
    5.21832488,
    4.89559921,
    4.52880964,
    4.32658212,
    4.19866023,
    4.07597374,
    3.95829356,
    3.88999722,
    3.84540135,
  ],
  6: [
    6.70643809,
    6.03290271,
    5.62835326,
    5.16715234,
    4.91201575,
    4.75023145,
    4.59473483,
    4.44523666,
    4.35830270,
    4.30146384,
  ],
};

Deno.test("95 % quantiles for 3, 4 and 6 groups are those of SciPy", () => {
  for (const [groups, expected] of Object.entries(SCIPY)) {
    for (const [i, q] of expected.entries()) {
      const what = `${groups} groups, ${DF[i]} df`;
      assertNear(studentizedRangeQuantile(0.95, Number(groups), DF[i]!), q, 1e-6, what);
      assertNear(studentizedRangeP(q, Number(groups), DF[i]!), 0.05, 1e-7, what);
    }
  }
});

Deno.test("two groups are Student's t times √2", () => {
  for (const [df, t] of [[5, 2.570582], [9, 2.262157]] as const) {
    assertNear(studentizedRangeQuantile(0.95, 2, df), t * Math.SQRT2, 2e-6);
  }
});

Deno.test("no range is certain by chance, an endless one impossible", () => {
  assertNear(studentizedRangeP(0, 3, 10), 1, 1e-9);
  assert.equal(studentizedRangeP(Infinity, 3, 10), 0);
});
