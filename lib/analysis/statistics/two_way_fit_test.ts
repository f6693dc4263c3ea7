import assert from "node:assert/strict";
import { twoWayFit } from "./two_way_fit.ts";
import { assertNear } from "./testdata/near.ts";
import { P, Q } from "./testdata/samples.ts";

const logs = (row: (number | null)[]) =>
  row.map((value) => value === null ? null : Math.log(value));
const third = [2388, 2360, 2399, 2380, 2401, 2410];
const fourth = [2470, 2455, 2480, 2467, 2501, 2477];

// Expected residual variances: NumPy 2.4's lstsq on the dummy variables of entries and blocks.

Deno.test("a full table has the residual of two-way analysis of variance", () => {
  const { residual_variance, df } = twoWayFit([P, Q, third, fourth].map(logs));
  assert.equal(df, 15);
  assertNear(residual_variance!, 5.443415984480377e-05, 1e-15);
});

Deno.test("missing cells are left out of the least squares, not filled in", () => {
  const gaps = [third.with(5, NaN), fourth.with(0, NaN).with(4, NaN)]
    .map((row) => row.map((value) => Number.isNaN(value) ? null : value));
  const { residual_variance, df } = twoWayFit([P, Q, ...gaps].map(logs));
  assert.equal(df, 12);
  assertNear(residual_variance!, 6.0139535180535645e-05, 1e-15);
});

Deno.test("parts without a common block are two tables with two degrees of freedom", () => {
  const { residual_variance, df } = twoWayFit([
    [1, 2, null, null],
    [2, 5, null, null],
    [null, null, 3, 1],
    [null, null, 4, 9],
  ]);
  assert.equal(df, 2);
  assertNear(residual_variance!, 6.625, 1e-12);
});

Deno.test("without a second block, or with every cell needed for the fit, there is no residual", () => {
  for (const cells of [[[1], [2]], [[1, 2]], [[1, null], [null, 2]], [[null], [null]]]) {
    assert.deepEqual(twoWayFit(cells), { residual_variance: null, df: 0 });
  }
});

Deno.test("two entries give half the variance of their differences", () => {
  const { residual_variance, df } = twoWayFit([[1, 2, 4], [1, 3, 3]]);
  assert.equal(df, 2);
  assertNear(residual_variance!, 0.5, 1e-12);
});
