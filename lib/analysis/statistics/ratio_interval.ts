/** The ratio of two paired series with its interval and tests, on the log scale. */
import tCdf from "@stdlib/t-cdf";
import tQuantile from "@stdlib/t-quantile";
import { mean, sampleStandardDeviation } from "simple-statistics";

export interface RatioInterval {
  ratio: number;
  low: number;
  high: number;
}

export interface LogDifference {
  /** Pairs. */
  k: number;
  mean: number;
  /** s_d: standard deviation of the differences. */
  sd: number;
}

/** Mean and spread of log a − log b; null below two pairs or when a value is not positive. */
export function logDifference(pairs: readonly (readonly [number, number])[]): LogDifference | null {
  const k = pairs.length;
  const positive = (value: number) => value > 0 && value < Infinity;
  if (k < 2 || !pairs.every(([a, b]) => positive(a) && positive(b))) return null;
  const logs = pairs.map(([a, b]) => Math.log(a / b));
  return { k, mean: mean(logs), sd: sampleStandardDeviation(logs) };
}

/**
 * exp of the mean log ratio of positive `pairs` and its t interval on k − 1 degrees of freedom
 * (method note 3.2). Null below two pairs or when a value is not positive.
 */
export function ratioInterval(
  pairs: readonly (readonly [number, number])[],
  level = 0.95,
): RatioInterval | null {
  const difference = logDifference(pairs);
  if (difference === null) return null;
  const { k, mean: centre, sd } = difference;
  const half = halfWidthFactor(k, level) * sd;
  return { ratio: Math.exp(centre), low: Math.exp(centre - half), high: Math.exp(centre + half) };
}

/** Half-width of the t interval of a mean of k values in units of their sd: t / √k. */
export function halfWidthFactor(k: number, level = 0.95): number {
  return tQuantile((1 + level) / 2, k - 1) / Math.sqrt(k);
}

/** Two-sided p of the paired t test that the mean log ratio is 0. */
export function pairedTTestP({ k, mean, sd }: LogDifference): number {
  return mean === 0 ? 1 : 2 * tCdf(-Math.abs(mean) / (sd / Math.sqrt(k)), k - 1);
}

/**
 * p of the two one-sided t tests that the ratio lies within 1 / (1 + margin) and 1 + margin: the
 * larger of the two. Below α: a tie is shown; equivalent to the 1 − 2α interval lying inside.
 */
export function equivalenceP({ k, mean, sd }: LogDifference, margin: number): number {
  const distance = Math.log1p(margin) - Math.abs(mean);
  if (sd === 0) return distance > 0 ? 0 : 1;
  return tCdf(-distance / (sd / Math.sqrt(k)), k - 1);
}
