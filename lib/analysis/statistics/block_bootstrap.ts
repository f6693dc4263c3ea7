/** Bootstrap inside one run, where neighbouring requests are alike. */
import { percentileInterval, type Statistic } from "./bootstrap.ts";

/** `moving` blocks lie inside the series; `circular` ones may run on from its end to its start. */
export type BlockKind = "moving" | "circular";

const FEWEST_BLOCKS = 10;

/**
 * Bootstrap standard error of the mean in closed form: population sd of all block means / √(n / b)
 * (method note 7.8; Künsch 1989, Politis and Romano 1992).
 */
export function blockStandardError(
  values: readonly number[],
  block: number,
  kind: BlockKind = "moving",
): number {
  const starts = startsOf(values.length, block, kind);
  const means = Array.from({ length: starts }, (_, start) => {
    let sum = 0;
    for (let i = 0; i < block; i++) sum += values[(start + i) % values.length]!;
    return sum / block;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / starts;
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / starts;
  return Math.sqrt(variance / (values.length / block));
}

/** One resample of the same length, made of whole blocks, the last one cut. */
export function blockResample(
  values: readonly number[],
  block: number,
  random: () => number,
  kind: BlockKind = "moving",
): number[] {
  const n = values.length;
  const starts = startsOf(n, block, kind);
  const sample: number[] = [];
  while (sample.length < n) {
    const start = Math.floor(random() * starts);
    const take = Math.min(block, n - sample.length);
    for (let i = 0; i < take; i++) sample.push(values[(start + i) % n]!);
  }
  return sample;
}

/**
 * Percentile interval of a statistic of one run's values in send order. Blocks must be at least as
 * long as the longest request, counted in sends (at least the concurrency). Null with fewer than ten
 * blocks: no interval inside a run then (method note 2.4).
 */
export function blockBootstrapInterval(
  values: readonly number[],
  statistic: Statistic,
  { block, resamples, random, level = 0.95, kind = "circular" }: {
    block: number;
    resamples: number;
    random: () => number;
    level?: number;
    kind?: BlockKind;
  },
): { low: number; high: number } | null {
  if (values.length / block < FEWEST_BLOCKS) return null;
  const statistics = Float64Array.from(
    { length: resamples },
    () => statistic(blockResample(values, block, random, kind)),
  );
  return percentileInterval(statistics.sort(), level);
}

function startsOf(n: number, block: number, kind: BlockKind): number {
  return kind === "circular" ? n : n - block + 1;
}
