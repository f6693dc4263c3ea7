/** How many queries MLPerf asks for before it believes a tail latency. */
import binomialCdf from "@stdlib/binomial-cdf";
import normalQuantile from "@stdlib/normal-quantile";

/**
 * Queries needed in total when `over` of them exceed the latency limit at percentile `p`: the
 * smallest h + over with I_p(h, over + 1) ≤ 1 − confidence, I being the regularised incomplete beta
 * function (MLPerf LoadGen early stopping, tolerance 0; method note 2.3).
 */
export function earlyStoppingQueries(p: number, over: number, confidence = 0.99): number {
  // I_p(h, t + 1) = P(Bin(h + t, 1 − p) ≤ t).
  let queries = over + 1;
  while (binomialCdf(over, queries, 1 - p) > 1 - confidence) queries++;
  return queries;
}

/**
 * Queries for a given margin around percentile `p` by the normal approximation, with MLPerf's margin
 * of a twentieth of 1 − p and 99 % confidence (MLPerf inference rules: 23 886 for p90).
 */
export function marginQueries(p: number, confidence = 0.99): number {
  const margin = (1 - p) / 20;
  const z = normalQuantile((1 - confidence) / 2, 0, 1);
  return Math.round(z * z * p * (1 - p) / margin ** 2);
}
