/** Where a series has left its start-up behind. */

export interface Truncation {
  /** Values to discard from the start. */
  discard: number;
  /** z(d) of the note for d = 0, 1, … discarded batches, up to half of them. */
  statistic: number[];
  /** False where the minimum lies in the second half of the series: measure longer, trim nothing. */
  settled: boolean;
}

export const BATCH = 5;
/** Fewer batches than these, or than a quarter of all, have little spread by chance. */
const FEWEST_LEFT = 10;

/**
 * MSER-5: over means of batches of five, the truncation d up to half of them that minimises
 * Σ (y − mean)² / (n − d)² of what remains (White, Cobb and Spratt 2000; method notes 2.2 and 7.7).
 * A last batch that is not full is left out. Fewer than four batches are never settled. So that noise about
 * a trend does not set the minimum just before the half, it is looked for beyond it too, as far as enough is
 * left to tell it from chance.
 */
export function mser5(values: ArrayLike<number>): Truncation {
  const n = Math.floor(values.length / BATCH);
  const means = Array.from({ length: n }, (_, batch) => {
    let sum = 0;
    for (let i = 0; i < BATCH; i++) sum += values[batch * BATCH + i]!;
    return sum / BATCH;
  });
  const errors = truncationErrors(means);
  const best = errors.reduce((least, error, d) => error < errors[least]! ? d : least, 0);
  const half = Math.floor(n / 2);
  const settled = n >= 4 && best < half;
  return { discard: settled ? best * BATCH : 0, statistic: errors.slice(0, half + 1), settled };
}

/** z(d) for d = 0 … half and beyond, from the end backwards so that each batch enters once (Welford). */
function truncationErrors(means: readonly number[]): number[] {
  const n = means.length;
  const most = Math.max(Math.floor(n / 2), Math.floor(Math.min(n - FEWEST_LEFT, n * 3 / 4)));
  const errors = new Array<number>(most + 1).fill(NaN);
  let [count, mean, squares] = [0, 0, 0];
  for (let d = n - 1; d >= 0; d--) {
    const off = means[d]! - mean;
    mean += off / ++count;
    squares += off * (means[d]! - mean);
    if (d <= most) errors[d] = squares / count ** 2;
  }
  return errors;
}
