/** What the ranks of a sample say about a quantile of the population, without a distribution. */
import binomialCdf from "@stdlib/binomial-cdf";

/** 1-based ranks of the sorted sample; null where the sample is too small: that side is open. */
export interface RankInterval {
  low: number | null;
  high: number | null;
  /** The share of samples whose interval holds the quantile; an open side counts as infinite. */
  coverage: number;
}

/**
 * Ranks of the order-statistic interval for the quantile `p` from `n` independent values: `low` is
 * the largest l with P(Bin ≤ l − 1) ≤ α/2, `high` the smallest u with P(Bin ≥ u) ≤ α/2, for
 * Bin(n, p) (method note 7.6; the rule of SciPy's `quantile_test`).
 */
export function quantileRanks(n: number, p: number, level = 0.95): RankInterval {
  const tail = (1 - level) / 2;
  const atMost = (count: number) => count < 0 ? 0 : count >= n ? 1 : binomialCdf(count, n, p);
  let low = Math.ceil(n * p) + 1;
  while (low > 0 && atMost(low - 1) > tail) low--;
  let high = Math.max(Math.floor(n * p), 1);
  while (high <= n && 1 - atMost(high - 1) > tail) high++;
  return {
    low: low > 0 ? low : null,
    high: high <= n ? high : null,
    coverage: (high <= n ? atMost(high - 1) : 1) - (low > 0 ? atMost(low - 1) : 0),
  };
}

/** The values at those ranks; an open side is infinite. */
export function quantileInterval(
  values: readonly number[],
  p: number,
  level = 0.95,
): { low: number; high: number } {
  const sorted = Float64Array.from(values).sort();
  const { low, high } = quantileRanks(sorted.length, p, level);
  return {
    low: low === null ? -Infinity : sorted[low - 1]!,
    high: high === null ? Infinity : sorted[high - 1]!,
  };
}

/**
 * Smallest sample with any order-statistic interval around the quantile `p`: two-sided, or one-sided
 * (an upper bound, which is then the maximum). Method note 2.3: p99 needs 368 and 299.
 */
export function smallestSample(p: number, level = 0.95, sides: 1 | 2 = 2): number {
  const tail = (1 - level) / sides;
  return Math.ceil(Math.log(tail) / Math.log(sides === 2 ? Math.max(p, 1 - p) : p));
}
