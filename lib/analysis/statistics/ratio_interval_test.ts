import assert from "node:assert/strict";
import {
  equivalenceP,
  halfWidthFactor,
  logDifference,
  pairedTTestP,
  type RatioInterval,
  ratioInterval,
} from "./ratio_interval.ts";
import { assertAllPrinted, assertPrinted } from "./testdata/near.ts";
import { A, B, P, paired, Q } from "./testdata/samples.ts";

function assertInterval(actual: RatioInterval | null, expected: number[]): void {
  const { ratio, low, high } = actual!;
  // The note cuts its tenth digit where it should round: the exact low end begins 1.00554571779846.
  for (const [i, value] of [ratio, low, high].entries()) {
    assert(Math.abs(value - expected[i]!) < 1.01e-10, `${value}, not ${expected[i]}`);
  }
}

Deno.test("ratio and interval of six paired blocks are those of R", () => {
  assertInterval(ratioInterval(paired(P, Q)), [1.0224587323, 1.0055457177, 1.0396562192]);
  assertInterval(ratioInterval(paired(P, Q), 0.9), [1.0224587323, 1.0091769647, 1.0359153011]);
});

Deno.test("ratio and interval of twelve paired blocks are those of R", () => {
  assertInterval(ratioInterval(paired(A, B)), [1.0590327894, 1.0525135156, 1.0655924437]);
});

Deno.test("3.2 and 7.9: half-width factors and t quantiles", () => {
  const factors = [3, 4, 5, 6, 8, 10].map((k) => halfWidthFactor(k));
  assertAllPrinted(factors, "2.48 1.59 1.24 1.05 0.84 0.72");
  const t = [3, 4, 5, 6, 7, 8, 9, 10].map((k) => halfWidthFactor(k) * Math.sqrt(k));
  assertAllPrinted(
    t,
    "4.302653 3.182446 2.776445 2.570582 2.446912 2.364624 2.306004 2.262157",
  );
});

Deno.test("7.4: p of the paired t test and of equivalence within 3 % and 5 %", () => {
  const difference = logDifference(paired(P, Q))!;
  assertPrinted(pairedTTestP(difference), "0.01877942");
  assertPrinted(equivalenceP(difference, 0.03), "0.15439504");
  assertPrinted(equivalenceP(difference, 0.05), "0.00469432");
});

Deno.test("equivalence is shown exactly when the 1 − 2α interval lies inside the margin", () => {
  const difference = logDifference(paired(P, Q))!;
  const { high } = ratioInterval(paired(P, Q), 0.9)!;
  assert(equivalenceP(difference, high - 1 + 1e-9) < 0.05);
  assert(equivalenceP(difference, high - 1 - 1e-9) > 0.05);
});

Deno.test("blocks without spread: p 0 where they differ, 1 where they do not", () => {
  assert.equal(pairedTTestP({ k: 3, mean: 0.1, sd: 0 }), 0);
  assert.equal(pairedTTestP({ k: 3, mean: 0, sd: 0 }), 1);
  assert.equal(equivalenceP({ k: 3, mean: 0.01, sd: 0 }, 0.03), 0);
  assert.equal(equivalenceP({ k: 3, mean: 0.04, sd: 0 }, 0.03), 1);
});

Deno.test("swapping the sides gives the reciprocal", () => {
  const there = ratioInterval(paired(P, Q))!;
  const back = ratioInterval(paired(Q, P))!;
  assertInterval(back, [1 / there.ratio, 1 / there.high, 1 / there.low]);
});

Deno.test("blocks without any spread give an interval without width", () => {
  const { ratio, low, high } = ratioInterval([[2, 1], [4, 2], [6, 3]])!;
  for (const value of [ratio, low, high]) assert(Math.abs(value - 2) < 1e-12);
});

Deno.test("one pair, no pair and values that have no logarithm give none", () => {
  for (const pairs of [[], [[2, 1]], [[2, 1], [0, 1]], [[2, 1], [2, 0]], [[2, 1], [NaN, 1]]]) {
    assert.equal(ratioInterval(pairs as [number, number][]), null);
  }
});
