import assert from "node:assert/strict";
import { mcnemarExact } from "./mcnemar.ts";

Deno.test("McNemar's exact p is that of its definition, and even", () => {
  // Computed with Python's fractions: 2 · Σ C(n, i) / 2^n.
  const known: [number, number, number][] = [
    [0, 0, 1],
    [5, 5, 1],
    [0, 5, 0.0625],
    [0, 6, 0.03125],
    [1, 9, 0.021484375],
    [3, 12, 0.03515625],
    [20, 8, 0.03569813817739487],
  ];
  for (const [a, b, p] of known) {
    assert.ok(Math.abs(mcnemarExact(a, b) - p) < 1e-12, `${a}, ${b}: ${mcnemarExact(a, b)}`);
    assert.equal(mcnemarExact(a, b), mcnemarExact(b, a));
  }
});
