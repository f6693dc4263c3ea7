/** Paired comparison by ranks: the typical difference with an exact interval. */
import { median } from "simple-statistics";
import { midranks } from "./midranks.ts";
import { stepsInward, subsetSumChances, twoSidedP } from "./rank_sums.ts";

export interface SignedRank {
  /** Sum of the ranks of the positive differences. */
  v: number;
  /** Two-sided, exact also with ties; differences of zero are left out, as R does. */
  p: number;
  /** Hodges-Lehmann: median of the means of all pairs of differences. */
  estimate: number;
  /** Infinite where the sample is too small for the level. */
  low: number;
  high: number;
}

/**
 * Wilcoxon signed-rank test with the Hodges-Lehmann estimate and its interval (R's
 * `wilcox.test(paired, exact, conf.int)`, except that R closes an interval the sample cannot carry).
 * @stdlib/stats-wilcoxon has the test, but neither exact ties nor the interval. Null without values.
 */
export function signedRank(differences: readonly number[], level = 0.95): SignedRank | null {
  if (differences.length === 0) return null;
  const unequal = differences.filter((difference) => difference !== 0);
  // Doubled, so that the mean rank of a tie is a whole number.
  const ranks = midranks(unequal.map(Math.abs)).map((rank) => 2 * rank);
  const positive = ranks.reduce((sum, rank, i) => unequal[i]! > 0 ? sum + rank : sum, 0);
  const walsh = Float64Array.from(pairMeans(differences)).sort();
  const untied = subsetSumChances(differences.map((_, i) => i + 1));
  const steps = stepsInward(untied, (1 - level) / 2);
  return {
    v: positive / 2,
    p: twoSidedP(subsetSumChances(ranks), positive),
    estimate: median([...walsh]),
    low: steps === 0 ? -Infinity : walsh[steps - 1]!,
    high: steps === 0 ? Infinity : walsh[walsh.length - steps]!,
  };
}

function pairMeans(values: readonly number[]): number[] {
  return values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2));
}
