/** Whether launches fall into two groups apart, which no interval promises to cover. */
import { randomNormal } from "d3-random";
import { randomFrom } from "@/config/seeds.ts";

export interface TwoModes {
  /** Chance of a split as clean in values of one normal mode. */
  p: number;
  low: { mean: number; count: number };
  high: { mean: number; count: number };
}

/** Fewer values show no two groups of two. */
const FEWEST = 6;
/** Draws of the null; they tell a chance of 1 % from one of 2 %. */
const DRAWS = 2000;
const drawn = new Map<number, number[]>();

/**
 * The cleanest split of `values` into two groups of two or more, by the share of the squares about
 * the mean that stays inside the groups, with its chance under one normal mode (simulated, seeded).
 * Null below six values and where all are equal. Otsu's split, as a test; Hartigan's dip needs tens
 * of values before it sees anything.
 */
export function twoModes(values: readonly number[]): TwoModes | null {
  if (values.length < FEWEST) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const best = cleanestSplit(sorted);
  if (best === null) return null;
  const under = nullShares(values.length).filter((share) => share <= best.share).length;
  const [low, high] = [sorted.slice(0, best.at), sorted.slice(best.at)];
  return { p: (under + 1) / (DRAWS + 1), low: groupOf(low), high: groupOf(high) };
}

function cleanestSplit(sorted: readonly number[]): { at: number; share: number } | null {
  const total = squares(sorted);
  if (!(total > 0)) return null;
  let best = { at: 0, share: Infinity };
  for (let at = 2; at <= sorted.length - 2; at++) {
    const share = (squares(sorted.slice(0, at)) + squares(sorted.slice(at))) / total;
    if (share < best.share) best = { at, share };
  }
  return best;
}

function nullShares(n: number): number[] {
  const known = drawn.get(n);
  if (known) return known;
  const normal = randomNormal.source(randomFrom("two modes", n))();
  const shares = Array.from({ length: DRAWS }, () => {
    const sample = Array.from({ length: n }, () => normal()).sort((a, b) => a - b);
    return cleanestSplit(sample)!.share;
  });
  drawn.set(n, shares);
  return shares;
}

function groupOf(values: readonly number[]): TwoModes["low"] {
  return { mean: meanOf(values), count: values.length };
}

function squares(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
