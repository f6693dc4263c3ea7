/** Whether a series goes up or down over time, by ranks. */
import normalCdf from "@stdlib/normal-cdf";

export interface Trend {
  /** Kendall's tau: 1 if every later value is higher. Ties count as neither. */
  tau: number;
  /** Two-sided. */
  p: number;
  exact: boolean;
}

const LARGEST_EXACT = 60;

/**
 * Mann-Kendall trend test. Exact up to 60 values without ties (as R's `cor.test`), else normal with
 * the variance corrected for ties and a continuity correction. No library that we looked at
 * (simple-statistics, @stdlib, jstat) has the exact one.
 */
export function mannKendall(values: readonly number[]): Trend {
  const n = values.length;
  if (n < 2) return { tau: 0, p: 1, exact: true };
  let score = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) score += Math.sign(values[j]! - values[i]!);
  }
  const pairs = n * (n - 1) / 2;
  const exact = n <= LARGEST_EXACT && new Set(values).size === n;
  const p = exact ? exactP(n, (pairs - Math.abs(score)) / 2) : normalP(values, score);
  return { tau: score / pairs, p, exact };
}

/** Twice the chance that a random order of n has at most `inversions` inversions. */
function exactP(n: number, inversions: number): number {
  let chance = [1];
  for (let size = 2; size <= n; size++) {
    chance = Array.from({ length: size * (size - 1) / 2 + 1 }, (_, total) => {
      let sum = 0;
      for (let moved = 0; moved < size; moved++) sum += chance[total - moved] ?? 0;
      return sum / size;
    });
  }
  return Math.min(1, 2 * chance.slice(0, inversions + 1).reduce((sum, share) => sum + share, 0));
}

function normalP(values: readonly number[], score: number): number {
  const spread = (n: number) => n * (n - 1) * (2 * n + 5);
  const ties = [...Map.groupBy(values, (value) => value).values()]
    .reduce((sum, group) => sum + spread(group.length), 0);
  const variance = (spread(values.length) - ties) / 18;
  if (variance === 0 || score === 0) return 1;
  return 2 * normalCdf(-(Math.abs(score) - 1) / Math.sqrt(variance), 0, 1);
}
