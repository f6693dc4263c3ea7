import assert from "node:assert/strict";
import { friedman } from "./friedman.ts";
import { assertPrinted } from "./testdata/near.ts";
import { X, Y } from "./testdata/samples.ts";

Deno.test("7.9: Friedman's test of five blocks is that of R", () => {
  const third = [2388, 2360, 2399, 2380, 2401];
  const { statistic, df, p } = friedman(X.map((x, i) => [x, Y[i]!, third[i]!]))!;
  assertPrinted(statistic, "7.6");
  assert.equal(df, 2);
  assertPrinted(p, ".0223707719");
});

Deno.test("ties are corrected for, as SciPy 1.17.1's friedmanchisquare does", () => {
  const { statistic, p } = friedman([[1, 1, 2], [1, 2, 3], [2, 2, 2], [1, 3, 2], [1, 2, 2]])!;
  assertPrinted(statistic, "5.5714285714");
  assertPrinted(p, "0.0616850126");
});

Deno.test("entries that never differ give p 1, one block gives nothing", () => {
  assert.equal(friedman([[1, 1], [2, 2]])!.p, 1);
  assert.equal(friedman([[1, 2]]), null);
  assert.equal(friedman([[1], [2]]), null);
});
