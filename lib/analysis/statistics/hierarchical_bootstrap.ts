/** Bootstrap of launches and, inside each drawn launch, of its values. */
import { resample } from "./bootstrap.ts";
import { blockResample } from "./block_bootstrap.ts";

/** Fewest launches for which a bootstrap of launches may be shown (method note 3.2). */
export const FEWEST_LAUNCHES = 8;

/**
 * One resample: launches with replacement, then each drawn launch's values with replacement, in
 * blocks of `block` values (1: singly). For statistics without a value a launch, from eight launches
 * on (method notes 3.2, 7.8).
 */
export function hierarchicalResample(
  launches: readonly (readonly number[])[],
  random: () => number,
  block = 1,
): number[][] {
  return resample(launches, random).map((values) => blockResample(values, block, random));
}
