/** Exact null distributions of rank sums, ties included. */

/** A distribution over 0, 1, 2, …: the chance of each value. */
export type Chances = readonly number[];

/** Chance of each sum when every one of the whole numbers `values` is in or out with one half. */
export function subsetSumChances(values: readonly number[]): Chances {
  let chances = [1];
  for (const value of values) {
    const next = new Array<number>(chances.length + value).fill(0);
    for (const [sum, chance] of chances.entries()) {
      next[sum]! += chance / 2;
      next[sum + value]! += chance / 2;
    }
    chances = next;
  }
  return chances;
}

/** Chance of each sum of `size` of the whole numbers `values`, drawn without replacement. */
export function drawnSumChances(values: readonly number[], size: number): Chances {
  const total = values.reduce((sum, value) => sum + value, 0);
  const byCount = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  byCount[0]![0] = 1;
  for (const value of values) {
    for (let count = size; count > 0; count--) {
      const [from, into] = [byCount[count - 1]!, byCount[count]!];
      for (let sum = total; sum >= value; sum--) into[sum]! += from[sum - value]!;
    }
  }
  const ways = byCount[size]!.reduce((sum, count) => sum + count, 0);
  return Array.from(byCount[size]!, (count) => count / ways);
}

/** Two-sided p: twice the smaller tail that holds `observed`, at most 1. */
export function twoSidedP(chances: Chances, observed: number): number {
  const below = chances.slice(0, observed + 1).reduce((sum, chance) => sum + chance, 0);
  const above = chances.slice(observed).reduce((sum, chance) => sum + chance, 0);
  return Math.min(1, 2 * Math.min(below, above));
}

/**
 * How many of the sorted pairwise values to count in from each end for an interval with at most
 * `tail` outside on each side: the smallest value whose cumulative chance exceeds `tail` (as R's
 * `qsignrank` and `qwilcox`). 0: the sample is too small, the interval is open.
 */
export function stepsInward(chances: Chances, tail: number): number {
  let cumulative = 0;
  for (const [steps, chance] of chances.entries()) {
    cumulative += chance;
    if (cumulative > tail * (1 + 1e-12)) return steps;
  }
  return chances.length;
}
