import assert from "node:assert/strict";
import { permutationTest, signFlipTest } from "./permutation.ts";
import { assertPrinted } from "./testdata/near.ts";
import { P, Q, X, Y } from "./testdata/samples.ts";

const minus = (a: number[], b: number[]) => a.map((value, i) => value - b[i]!);

Deno.test("7.2: all 252 splits of five and five, 4 at least as extreme", () => {
  const { as_extreme, ways, p } = permutationTest(X, Y);
  assert.deepEqual([as_extreme, ways], [4, 252]);
  assertPrinted(p, "0.01587301587");
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assertPrinted(mean(X) - mean(Y), "51.2");
});

Deno.test("7.2 and 7.4: sign flips of five and of six paired differences", () => {
  assert.deepEqual(signFlipTest(minus(X, Y)), { as_extreme: 2, ways: 32, p: 0.0625 });
  const d = minus(P, Q);
  assert.equal(signFlipTest(d).p, 0.03125);
  assertPrinted(d.reduce((sum, value) => sum + value, 0) / 6, "53.1666667");
});

Deno.test("3.3: smallest possible p of sign flips and of splits", () => {
  const up = (k: number) => Array.from({ length: k }, (_, i) => i + 1);
  const flips = [4, 5, 6, 7, 8].map((k) => signFlipTest(up(k)).p);
  assert.deepEqual(flips, [0.125, 0.0625, 0.03125, 0.015625, 0.0078125]);
  const splits = [3, 4, 5, 6].map((k) => permutationTest(up(k).map((value) => value + k), up(k)).p);
  for (const [i, printed] of [".100", ".0286", ".0079", ".0022"].entries()) {
    assertPrinted(splits[i]!, printed);
  }
});

Deno.test("equal samples are never extreme; too many arrangements are refused", () => {
  assert.equal(permutationTest([1, 1], [1, 1]).p, 1);
  assert.equal(signFlipTest([0, 0]).p, 1);
  const many = Array.from({ length: 30 }, (_, i) => i);
  assert.throws(() => permutationTest(many, many), RangeError);
  assert.throws(() => signFlipTest(many), RangeError);
});
