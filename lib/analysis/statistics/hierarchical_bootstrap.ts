/** Bootstrap of launches and, inside each drawn launch, of its values. */
import { percentileInterval, resample } from "./bootstrap.ts";
import { blockResample } from "./block_bootstrap.ts";

const FEWEST_LAUNCHES = 8;

/**
 * One resample: launches with replacement, then each drawn launch's values with replacement, in
 * blocks of `block` values (1: singly) (method note 7.8).
 */
export function hierarchicalResample(
  launches: readonly (readonly number[])[],
  random: () => number,
  block = 1,
): number[][] {
  return resample(launches, random).map((values) => blockResample(values, block, random));
}

/**
 * Percentile interval of a statistic that has no value for a single launch, such as where two curves
 * cross. Null below eight launches: give their range instead (method note 3.2).
 */
export function hierarchicalInterval(
  launches: readonly (readonly number[])[],
  statistic: (launches: readonly (readonly number[])[]) => number,
  { resamples, random, block = 1, level = 0.95 }: {
    resamples: number;
    random: () => number;
    block?: number;
    level?: number;
  },
): { low: number; high: number } | null {
  if (launches.length < FEWEST_LAUNCHES) return null;
  const statistics = Float64Array.from(
    { length: resamples },
    () => statistic(hierarchicalResample(launches, random, block)),
  );
  return percentileInterval(statistics.sort(), level);
}
