/** How wide the interval of a pair comes out: the factor on s_d, and its degrees of freedom. */
import tQuantile from "@stdlib/t-quantile";
import { studentizedRangeQuantile } from "./studentized_range.ts";

/** s_d is the standard deviation of a pair's log differences over blocks. */
export interface IntervalDesign {
  /** Half-width in units of s_d. */
  factor: number;
  /** Degrees of freedom on which s_d is estimated. */
  df: number;
  /** Blocks. */
  k: number;
}

/**
 * Intervals that hold together over all pairs of `entries`, residuals pooled: q / √2 / √k with
 * Tukey's studentised range on (k − 1)(entries − 1) degrees of freedom (method note 0b D).
 */
export function pooledDesign(k: number, entries: number, level = 0.95): IntervalDesign {
  const df = (k - 1) * (entries - 1);
  return { factor: studentizedRangeQuantile(level, entries, df) / Math.sqrt(2 * k), df, k };
}

/** Each pair on its own s_d, at 1 − α/h for h pairs: t / √k on k − 1 degrees (Bonferroni). */
export function perPairDesign(k: number, pairs: number, level = 0.95): IntervalDesign {
  const tail = (1 - level) / (2 * pairs);
  return { factor: tQuantile(1 - tail, k - 1) / Math.sqrt(k), df: k - 1, k };
}

const MOST_BLOCKS = 1000;

/**
 * k': the fewest blocks for which the half-width falls below half the margin at the seen s_d, on the
 * log scale (method note 3.4). Null above a thousand.
 */
export function blocksNeeded(
  sd: number,
  margin: number,
  designFor: (k: number) => IntervalDesign,
): number | null {
  const enough = (k: number) => designFor(k).factor * sd < Math.log1p(margin) / 2;
  if (!enough(MOST_BLOCKS)) return null;
  let [low, high] = [1, MOST_BLOCKS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
