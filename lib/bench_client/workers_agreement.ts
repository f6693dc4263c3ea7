/** Whether one worker and several tell the same of the same load. Pure. */
import { median } from "simple-statistics";
import type { Measured } from "./scenarios.ts";

/** What one worker measured, and what several did beside it. */
export type Pair = [one: Measured, several: Measured];

/**
 * Numbers on which a verdict may hang. Latencies are told as shares of what the server really did in the
 * same run, since a neighbour on the machine delays the server too, and one run more than the other.
 */
export const AGREED: { metric: string; of: (seen: Measured) => number }[] = [
  { metric: "window_tokens_per_s", of: (seen) => seen.window_tokens_per_s },
  { metric: "TTFT p50 / true", of: (seen) => seen.ttft_p50_ms / seen.true_ttft_p50_ms },
  { metric: "TPOT p50 / true", of: (seen) => seen.tpot_p50_ms / seen.true_tpot_p50_ms },
];
/** Method note 5.3.5. */
const MOST_APART = 0.01;

/** What differs, a line each, by the median over the pairs; miscounting is never forgiven. */
export function disagreements(pairs: readonly Pair[]): string[] {
  const miscounted = pairs.flat().flatMap(({ miscounted }) => miscounted ?? []);
  const apart = AGREED.flatMap(({ metric, of }) => {
    const ratio = median(pairs.map(([one, several]) => of(several) / of(one)));
    const percent = (100 * (ratio - 1)).toFixed(2);
    return Math.abs(ratio - 1) <= MOST_APART
      ? []
      : [`${metric}: several workers differ from one by ${percent} %, at most 1 % is accepted`];
  });
  return [...miscounted.map((what) => `miscounted: ${what}`), ...apart];
}
