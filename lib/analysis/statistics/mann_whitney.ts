/** Unpaired comparison by ranks: the shift between two samples with an exact interval. */
import normalCdf from "@stdlib/normal-cdf";
import { midranks } from "./midranks.ts";
import { drawnSumChances, stepsInward, twoSidedP } from "./rank_sums.ts";

export interface RankShift {
  /** Pairs in which a is higher; a tie counts one half. */
  u: number;
  /** U / (n m): the chance that a value of a is above one of b. */
  a12: number;
  /** Two-sided, exact also with ties. */
  p: number;
  /** Two-sided, normal with continuity and tie corrections, for comparing with tools that use it. */
  p_normal: number;
  /** Hodges-Lehmann: median of all differences a − b. */
  shift: number;
  /** Infinite where the samples are too small for the level. */
  low: number;
  high: number;
}

const MOST_VALUES = 100;

/**
 * Mann-Whitney test and Hodges-Lehmann shift with its exact interval (R's
 * `wilcox.test(a, b, exact, conf.int)`; method note 7.2), for launch values, never for requests.
 * Values may be infinite: two equal ones differ by 0. Null for an empty side; throws a RangeError
 * above 100 values in all. simple-statistics has the rank sum alone, no p.
 */
export function mannWhitney(
  a: readonly number[],
  b: readonly number[],
  level = 0.95,
): RankShift | null {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return null;
  if (n + m > MOST_VALUES) {
    throw new RangeError(
      `${n + m} values to rank, ${MOST_VALUES} is the most: are these requests?`,
    );
  }
  const ranks = midranks([...a, ...b]);
  const rankSum = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - n * (n + 1) / 2;
  const doubled = ranks.map((rank) => 2 * rank);
  const differences = Float64Array.from(
    a.flatMap((x) => b.map((y) => x === y ? 0 : x - y)),
  ).sort();
  const steps = stepsInward(untiedU(n, m), (1 - level) / 2);
  return {
    u,
    a12: u / (n * m),
    p: twoSidedP(drawnSumChances(doubled, n), 2 * rankSum),
    p_normal: normalP(ranks, n, u),
    shift: middleOf(differences),
    low: steps === 0 ? -Infinity : differences[steps - 1]!,
    high: steps === 0 ? Infinity : differences[n * m - steps]!,
  };
}

/** The median, also of infinite values: between two ends that cancel out it is 0. */
function middleOf(sorted: Float64Array): number {
  const below = sorted[Math.ceil(sorted.length / 2) - 1]!;
  const above = sorted[Math.floor(sorted.length / 2)]!;
  return below === -above ? 0 : (below + above) / 2;
}

/** Chances of U = 0, 1, … for samples of n and m without ties. */
function untiedU(n: number, m: number): readonly number[] {
  const ranks = Array.from({ length: n + m }, (_, i) => i + 1);
  return drawnSumChances(ranks, n).slice(n * (n + 1) / 2);
}

function normalP(ranks: readonly number[], n: number, u: number): number {
  const total = ranks.length;
  const m = total - n;
  const ties = [...Map.groupBy(ranks, (rank) => rank).values()]
    .reduce((sum, { length }) => sum + length ** 3 - length, 0);
  const variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
  const distance = Math.max(Math.abs(u - n * m / 2) - 0.5, 0);
  return variance === 0 ? 1 : 2 * normalCdf(-distance / Math.sqrt(variance), 0, 1);
}
