/** Whether an entry is shown to be worse than another by more than so much. */
import type { Comparison } from "./comparison_row.ts";

/**
 * True when the whole interval says that a is more than `share` (0.05: 5 %) worse than b, which is
 * when its upper end lies below 1 / (1 + share). A doubtful pair is not shown to be worse.
 */
export function worseBy({ verdict, high }: Comparison, share: number): boolean {
  if (verdict === "not comparable" || high === null) return false;
  return high < 1 / (1 + share);
}
