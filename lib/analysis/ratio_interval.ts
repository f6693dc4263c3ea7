/** The ratio of two paired series with its interval. */
import tQuantile from "@stdlib/t-quantile";
import { mean, sampleStandardDeviation } from "simple-statistics";

export interface RatioInterval {
  ratio: number;
  low: number;
  high: number;
}

/**
 * exp of the mean log ratio of positive `pairs` and its t interval on k − 1 degrees of freedom
 * (method note 3.2). Null below two pairs or when a value is not positive.
 */
export function ratioInterval(
  pairs: readonly [number, number][],
  level = 0.95,
): RatioInterval | null {
  const k = pairs.length;
  if (k < 2 || pairs.some(([a, b]) => !(a > 0 && b > 0))) return null;
  const logs = pairs.map(([a, b]) => Math.log(a / b));
  const half = tQuantile((1 + level) / 2, k - 1) * sampleStandardDeviation(logs) / Math.sqrt(k);
  const centre = mean(logs);
  return { ratio: Math.exp(centre), low: Math.exp(centre - half), high: Math.exp(centre + half) };
}
