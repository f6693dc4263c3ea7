/** What tells one arrival process from another. */
import { mean, sampleVariance as variance } from "simple-statistics";

/**
 * Variance over mean of the counts in neighbouring windows that lie wholly between the first and the
 * last time: 1 for Poisson, near 0 for equal gaps, above 1 for bursts. Null below two windows.
 */
export function indexOfDispersion(times_ms: readonly number[], window_ms = 1000): number | null {
  const sorted = times_ms.toSorted((a, b) => a - b);
  const start_ms = sorted[0] ?? 0;
  const windows = Math.floor(((sorted.at(-1) ?? 0) - start_ms) / window_ms);
  if (windows < 2) return null;
  const counts = Array.from({ length: windows }, () => 0);
  for (const at_ms of sorted) {
    const window = Math.floor((at_ms - start_ms) / window_ms);
    if (window < windows) counts[window]!++;
  }
  return variance(counts) / mean(counts);
}

/** Standard deviation over mean of the gaps between neighbours: 1 for Poisson, 0 for equal gaps. */
export function gapVariation(times_ms: readonly number[]): number | null {
  const gaps = times_ms.slice(1).map((at_ms, i) => at_ms - times_ms[i]!);
  return gaps.length < 2 ? null : Math.sqrt(variance(gaps)) / mean(gaps);
}
