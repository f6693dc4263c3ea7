import assert from "node:assert/strict";
import { signedRank } from "./wilcoxon_signed_rank.ts";
import { assertNear } from "./testdata/near.ts";
import { P, Q } from "./testdata/samples.ts";

const D = P.map((value, i) => value - Q[i]!);

Deno.test("7.4: signed-rank test and Hodges-Lehmann interval are those of R's wilcox.test", () => {
  assert.deepEqual(D, [48, 13, 111, 11, 73, 63]);
  const { v, p, estimate, low, high } = signedRank(D)!;
  assert.deepEqual({ v, p, estimate, low, high }, {
    v: 21,
    p: 0.03125,
    estimate: 55.5,
    low: 11,
    high: 111,
  });
  const ninety = signedRank(D, 0.9)!;
  assert.deepEqual([ninety.low, ninety.high], [13, 87]);
});

Deno.test("3.3: smallest possible two-sided p of paired ranks", () => {
  const smallest = [4, 5, 6, 7, 8].map((k) =>
    signedRank(Array.from({ length: k }, (_, i) => i + 1))!.p
  );
  assert.deepEqual(smallest, [0.125, 0.0625, 0.03125, 0.015625, 0.0078125]);
  // Holm's first step over three pairs needs .0167: seven blocks.
  assert.equal(smallest.findIndex((p) => p <= 0.05 / 3) + 4, 7);
});

Deno.test("five pairs cannot carry a 95 % interval: it is open", () => {
  const { low, high, estimate } = signedRank(D.slice(0, 5))!;
  assert.deepEqual([low, high], [-Infinity, Infinity]);
  assert.equal(estimate, 48);
});

Deno.test("ties stay exact: equal differences are a coin each", () => {
  // |d| all equal, three of four positive: P(at least 3 heads of 4) = 5/16.
  assertNear(signedRank([1, 1, 1, -1])!.p, 10 / 16, 1e-12);
  assert.equal(signedRank([0, 0, 0])!.p, 1);
  assert.equal(signedRank([]), null);
});
