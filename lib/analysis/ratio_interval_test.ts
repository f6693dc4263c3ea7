import assert from "node:assert/strict";
import { type RatioInterval, ratioInterval } from "./ratio_interval.ts";

// Reference numbers of method note 7.4, from R's t.test on the paired logs.
const P = [2410, 2388, 2451, 2402, 2429, 2433];
const Q = [2362, 2375, 2340, 2391, 2356, 2370];
const A = [21.3, 20.8, 22.1, 21.9, 20.5, 23.4, 21.0, 22.7, 21.6, 20.9, 24.8, 21.2];
const B = [20.15, 19.8, 20.95, 20.4, 19.5, 22.05, 19.9, 21.35, 20.6, 19.7, 22.9, 20.2];

function paired(a: number[], b: number[]): [number, number][] {
  return a.map((value, i) => [value, b[i]!]);
}

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

Deno.test("the half-width is Student's t over the root of the number of blocks", () => {
  // t quantiles at 0.975 for 2 to 9 degrees of freedom, and the factors t / √k that the note prints.
  const t = [4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157];
  const printed: Record<number, number> = { 3: 2.48, 4: 1.59, 5: 1.24, 6: 1.05, 8: 0.84, 10: 0.72 };
  for (const [i, quantile] of t.entries()) {
    const k = i + 3;
    const logs = Array.from({ length: k }, (_, j) => 0.01 * j * j);
    const mean = logs.reduce((sum, log) => sum + log, 0) / k;
    const sd = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (k - 1));
    const { ratio, high } = ratioInterval(logs.map((log) => [Math.exp(log), 1]))!;
    const factor = Math.log(high / ratio) / sd;
    assert(Math.abs(factor - quantile / Math.sqrt(k)) < 1e-6, `k ${k}: ${factor}`);
    if (printed[k] !== undefined) assert.equal(factor.toFixed(2), printed[k].toFixed(2));
  }
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
