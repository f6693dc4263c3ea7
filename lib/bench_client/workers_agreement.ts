/** Whether one worker and several tell the same of the same load. Pure. */
import { median } from "simple-statistics";
import type { Measured } from "./scenarios.ts";

/** What one worker measured, and what several did beside it. */
export type Pair = [one: Measured, several: Measured];

/** Numbers on which a verdict may hang. */
export const AGREED = ["window_tokens_per_s", "ttft_p50_ms", "tpot_p50_ms"] as const;
/** Method note 5.3.5. */
const MOST_APART = 0.01;

/** What differs, a line each, by the median over the pairs; miscounting is never forgiven. */
export function disagreements(pairs: readonly Pair[]): string[] {
  const miscounted = pairs.flat().flatMap(({ miscounted }) => miscounted ?? []);
  const apart = AGREED.flatMap((metric) => {
    const ratio = median(pairs.map(([one, several]) => several[metric] / one[metric]));
    const percent = (100 * (ratio - 1)).toFixed(2);
    return Math.abs(ratio - 1) <= MOST_APART
      ? []
      : [`${metric}: several workers differ from one by ${percent} %, at most 1 % is accepted`];
  });
  return [...miscounted.map((what) => `miscounted: ${what}`), ...apart];
}
