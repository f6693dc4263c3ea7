/** Compares two shares of right answers to the same questions. */
import binomialCdf from "@stdlib/binomial-cdf";

/**
 * McNemar's exact test, two-sided: of the questions on which the two differ, `a` alone has
 * `onlyA` right and `b` alone `onlyB`; without a difference each would fall either way with 1/2.
 * SciPy's `binomtest(onlyA, onlyA + onlyB)`.
 */
export function mcnemarExact(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  return n === 0 ? 1 : Math.min(1, 2 * binomialCdf(Math.min(onlyA, onlyB), n, 0.5));
}
