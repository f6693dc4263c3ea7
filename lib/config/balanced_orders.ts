/** The order in which each block launches its entries. */
import { randomFrom, shuffled } from "./seeds.ts";

/**
 * An order of the entries for each block. Orders are rows of cyclic Latin squares over a seeded
 * shuffle, so over each run of `n` blocks every entry takes every position once; the next square
 * uses the reversed base, so that for three entries all six orders come before any repeats.
 */
export function balancedOrders(entries: string[], blocks: number, seed: number): string[][] {
  const orders: string[][] = [];
  let base: string[] = [];
  for (let square = 0; orders.length < blocks; square++) {
    const random = randomFrom(seed, "order", square);
    base = square % 2 === 0 ? shuffled(entries, random) : base.toReversed();
    const rows = entries.map((_, shift) => [...base.slice(shift), ...base.slice(0, shift)]);
    orders.push(...shuffled(rows, random));
  }
  return orders.slice(0, blocks);
}
