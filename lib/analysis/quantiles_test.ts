import assert from "node:assert/strict";
import { quantile } from "simple-statistics";
import { carriedQuantile } from "./quantiles.ts";

type Share = 0.5 | 0.9 | 0.95 | 0.99;

/** n, n − 1, …, 1. */
function countdown(n: number): number[] {
  return Array.from({ length: n }, (_, i) => n - i);
}

function near(actual: number | null, expected: number): void {
  assert(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);
}

Deno.test("the library's quantiles are those of R and NumPy, type 7", () => {
  // Method note 7.1.
  const a = [21.3, 20.8, 22.1, 21.9, 20.5, 23.4, 21.0, 22.7, 21.6, 20.9, 24.8, 21.2];
  const expected: [Share, number][] = [[0.5, 21.45], [0.9, 23.33], [0.95, 24.03], [0.99, 24.646]];
  for (const [p, value] of expected) near(quantile(a, p), value);
  near(carriedQuantile(a, 0.5), 21.45);
});

Deno.test("every quantile is interpolated at (n − 1) p", () => {
  near(carriedQuantile(countdown(40), 0.9), 36.1);
  near(carriedQuantile(countdown(72), 0.95), 68.45);
  near(carriedQuantile(countdown(368), 0.99), 364.33);
  near(carriedQuantile(countdown(101), 0.95), 96);
});

Deno.test("a sample that is too small for a quantile gives none, one more gives it", () => {
  const smallest: [Share, number][] = [[0.5, 6], [0.9, 36], [0.95, 72], [0.99, 368]];
  for (const [p, n] of smallest) {
    assert.equal(carriedQuantile(countdown(n - 1), p), null, `p ${p}, n ${n - 1}`);
    near(carriedQuantile(countdown(n), p), 1 + (n - 1) * p);
  }
  assert.equal(carriedQuantile([], 0.5), null);
});

Deno.test("a quantile that falls on a failed request is undefined, one below it is not", () => {
  const failing = (n: number, failed: number) =>
    countdown(n).map((value) => value > n - failed ? Infinity : value);
  // With 41 values p90 is exactly the 37th smallest: four failures leave it, five take it.
  near(carriedQuantile(failing(41, 4), 0.9), 37);
  assert.equal(carriedQuantile(failing(41, 5), 0.9), null);
  // With 40 values it lies between the 36th and the 37th.
  near(carriedQuantile(failing(40, 3), 0.9), 36.1);
  assert.equal(carriedQuantile(failing(40, 4), 0.9), null);
  near(carriedQuantile(failing(41, 20), 0.5), 21);
  assert.equal(carriedQuantile(failing(41, 21), 0.5), null);
  assert.equal(carriedQuantile(failing(41, 41), 0.5), null);
});

Deno.test("the values are left in their order", () => {
  const values = countdown(40);
  carriedQuantile(values, 0.9);
  assert.deepEqual(values, countdown(40));
});
