/** All pairs of entries on one metric at one level: ratio, interval, p and verdict. */
import tCdf from "@stdlib/t-cdf";
import {
  designOf,
  type PairInterval,
  pairIntervals,
  type PairMethod,
  type Scores,
  sharedScores,
} from "./pair_intervals.ts";
import { blocksNeeded } from "./statistics/interval_design.ts";
import { mannWhitney } from "./statistics/mann_whitney.ts";
import { holm } from "./statistics/multiple_testing.ts";
import { studentizedRangeP } from "./statistics/studentized_range.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export interface PairResult extends Verdict {
  a: string;
  b: string;
  method: PairMethod;
  /** Blocks both have. */
  k: number;
  /** How many times as good a is: above 1, a is better, whatever the metric's direction. */
  ratio: number | null;
  low: number;
  high: number;
  /** The 1 − 2α interval of the tests for a tie. */
  tie_low: number;
  tie_high: number;
  /** Standard deviation of the log differences over blocks. */
  s_d: number | null;
  /** Blocks for a half-width below half the margin at this s_d. */
  blocks_needed: number | null;
  /** Two-sided, of this pair alone. */
  p: number | null;
  /** Adjusted as the interval is: Tukey over all pairs, or Bonferroni (twice: see `pairIntervals`). */
  p_adjusted: number | null;
  /** Holm over the pairs that have a p. */
  p_holm: number | null;
  /** Blocks in which one side's server failed and the other's did not, and both did. */
  failed_a: number;
  failed_b: number;
  both_failed: number;
}

/**
 * Compares `entries` by their `scores` (see `Scores`) with a `margin` (0.05: 5 %) at a simultaneous
 * `level`. How missing cells and failed servers count is said at `pairIntervals`.
 */
export function comparePairs(
  { entries, scores, margin, level = 0.95 }: {
    entries: readonly string[];
    scores: Scores;
    margin: number;
    level?: number;
  },
): PairResult[] {
  const intervals = pairIntervals(scores, level);
  const ps = intervals.map((interval) => pOf(scores, interval));
  const known = holm(ps.filter((p) => p !== null));
  const adjusted = ps.map((p) => p === null ? null : known.shift()!);
  return intervals.map((interval, i) => {
    const { difference, s_d, df: _, ...rest } = interval;
    const ends = {
      ratio: difference === null ? null : Math.exp(difference),
      low: Math.exp(interval.low),
      high: Math.exp(interval.high),
      tie_low: Math.exp(interval.tie_low),
      tie_high: Math.exp(interval.tie_high),
    };
    const blocks_needed = neededFor(interval, { entries: entries.length, margin, level });
    const pair = { ...rest, ...ends, a: entries[interval.a]!, b: entries[interval.b]! };
    return {
      ...pair,
      s_d,
      blocks_needed,
      p: ps[i]!,
      p_adjusted: adjustedP(interval, ps[i]!, entries.length),
      p_holm: adjusted[i]!,
      ...verdictOf({ ...pair, margin, blocks_needed }),
    };
  });
}

function pOf(
  scores: Scores,
  { a, b, method, difference, s_d, df, k }: PairInterval,
): number | null {
  if (method === "ranks, server failures") {
    const shared = sharedScores(scores, a, b);
    return mannWhitney(shared.map(([x]) => x), shared.map(([, y]) => y))!.p;
  }
  if (difference === null || s_d === null || df === null) return null;
  return difference === 0 ? 1 : 2 * tCdf(-Math.abs(difference) / (s_d / Math.sqrt(k)), df);
}

function adjustedP(interval: PairInterval, p: number | null, entries: number): number | null {
  const { method, difference, s_d, df, k } = interval;
  if (p === null) return null;
  if (method === "pooled residual, Tukey") {
    const error = s_d! / Math.sqrt(2 * k);
    return difference === 0 ? 1 : studentizedRangeP(Math.abs(difference!) / error, entries, df!);
  }
  return Math.min(1, p * (method === "per-pair t, Bonferroni" ? 2 : 1) * pairsOf(entries));
}

function pairsOf(entries: number): number {
  return entries * (entries - 1) / 2;
}

function neededFor(
  { method, s_d }: PairInterval,
  { entries, margin, level }: { entries: number; margin: number; level: number },
): number | null {
  const design = designOf(method, entries);
  return s_d === null || !design ? null : blocksNeeded(s_d, margin, (k) => design(k, level));
}
