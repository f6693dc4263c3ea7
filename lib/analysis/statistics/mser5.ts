/** Where a series has left its start-up behind. */

export interface Truncation {
  /** Values to discard from the start. */
  discard: number;
  /** z(d) of the note for d = 0, 1, … discarded batches. */
  statistic: number[];
  /** False where the minimum lies at the half of the series: measure longer, trim nothing. */
  settled: boolean;
}

const BATCH = 5;

/**
 * MSER-5: over means of batches of five, the truncation d up to half of them that minimises
 * Σ (y − mean)² / (n − d)² of what remains (White, Cobb and Spratt 2000; method notes 2.2 and 7.7).
 * A last batch that is not full is left out. Fewer than four batches are never settled.
 */
export function mser5(values: ArrayLike<number>): Truncation {
  const n = Math.floor(values.length / BATCH);
  const means = Array.from({ length: n }, (_, batch) => {
    let sum = 0;
    for (let i = 0; i < BATCH; i++) sum += values[batch * BATCH + i]!;
    return sum / BATCH;
  });
  const statistic = truncationErrors(means);
  const half = statistic.length - 1;
  const best = statistic.reduce((least, error, d) => error < statistic[least]! ? d : least, 0);
  const settled = n >= 4 && best < half;
  return { discard: settled ? best * BATCH : 0, statistic, settled };
}

/** z(d) for d = 0 … half, from the end backwards so that each batch enters once (Welford). */
function truncationErrors(means: readonly number[]): number[] {
  const half = Math.floor(means.length / 2);
  const errors = new Array<number>(half + 1).fill(NaN);
  let [count, mean, squares] = [0, 0, 0];
  for (let d = means.length - 1; d >= 0; d--) {
    const off = means[d]! - mean;
    mean += off / ++count;
    squares += off * (means[d]! - mean);
    if (d <= half) errors[d] = squares / count ** 2;
  }
  return errors;
}
