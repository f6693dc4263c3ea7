/** Quantiles, and those that a sample can carry. */
import { quantile } from "simple-statistics";
import { smallestSample } from "./order_statistics.ts";

/**
 * The type 7 quantile (as R and NumPy by default); null when the sample is too small for any 95 %
 * interval around it (method note 2.3), or when it falls on a failed request.
 */
export function carriedQuantile(
  values: readonly number[],
  p: 0.5 | 0.9 | 0.95 | 0.99,
): number | null {
  if (values.length < smallestSample(p)) return null;
  const value = quantile([...values], p);
  return Number.isFinite(value) ? value : null;
}

/** Plotting positions (m = a + b p) of Hyndman and Fan's continuous types. */
const POSITIONS = { 6: [0, 1], 7: [1, -1], 8: [1 / 3, 1 / 3] } as const;

/**
 * Quantile of Hyndman and Fan's type 1 (step function), 6, 7 or 8 ("Sample Quantiles in Statistical
 * Packages", 1996), for comparing with tools that use another type. simple-statistics and d3-array
 * have type 7 only.
 */
export function quantileOfType(values: readonly number[], p: number, type: 1 | 6 | 7 | 8): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const at = (rank: number) => sorted[Math.min(Math.max(rank, 1), n) - 1] ?? NaN;
  // A hair below, so that n p = 12.000000000000002 still counts as 12.
  if (type === 1) return at(Math.ceil(n * p * (1 - 4 * Number.EPSILON)));
  const [a, b] = POSITIONS[type];
  const position = n * p + a + b * p;
  const rank = Math.floor(position * (1 + 4 * Number.EPSILON));
  const share = Math.max(position - rank, 0);
  return share === 0 ? at(rank) : (1 - share) * at(rank) + share * at(rank + 1);
}
