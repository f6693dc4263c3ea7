import assert from "node:assert/strict";
import { quantile } from "simple-statistics";
import { carriedQuantile, quantileOfType } from "./quantiles.ts";
import { assertAllPrinted } from "./testdata/near.ts";
import { A } from "./testdata/samples.ts";

type Share = 0.5 | 0.9 | 0.95 | 0.99;

/** n, n − 1, …, 1. */
function countdown(n: number): number[] {
  return Array.from({ length: n }, (_, i) => n - i);
}

function near(actual: number | null, expected: number): void {
  assert(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);
}

Deno.test("7.1: quantiles of R and NumPy by type, and the index rule that is none of them", () => {
  const shares = [0.5, 0.9, 0.95, 0.99];
  assertAllPrinted(shares.map((p) => quantile(A, p)), "21.45 23.33 24.03 24.646");
  const types = {
    7: "21.45 23.33 24.03 24.646",
    1: "21.3 23.4 24.8 24.8",
    6: "21.45 24.38 24.8 24.8",
    8: "21.45 24.0066667 24.8 24.8",
  };
  for (const [type, printed] of Object.entries(types)) {
    const values = shares.map((p) => quantileOfType(A, p, Number(type) as 1 | 6 | 7 | 8));
    assertAllPrinted(values, printed, `type ${type}`);
  }
  const sorted = A.toSorted((a, b) => a - b);
  const indexed = shares.map((p) => sorted[Math.floor(sorted.length * p)]!);
  assertAllPrinted(indexed, "21.6 23.4 24.8 24.8");
  near(carriedQuantile(A, 0.5), 21.45);
});

Deno.test("the types agree with the library's type 7 for every size and share", () => {
  for (let n = 1; n < 60; n++) {
    for (let percent = 0; percent <= 100; percent++) {
      const values = Array.from({ length: n }, (_, i) => (i * 37) % 61);
      near(quantileOfType(values, percent / 100, 7), quantile(values, percent / 100));
    }
  }
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
