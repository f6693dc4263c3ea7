/** Whether any entry differs, by its ranks inside blocks. */
import chisquareCdf from "@stdlib/chisquare-cdf";
import { midranks } from "./midranks.ts";

/**
 * Friedman's test over `blocks` (one value an entry in each), with the correction for ties (R's
 * `friedman.test`). Null below two blocks or two entries. No kept library has it.
 */
export function friedman(
  blocks: readonly (readonly number[])[],
): { statistic: number; df: number; p: number } | null {
  const [n, k] = [blocks.length, blocks[0]?.length ?? 0];
  if (n < 2 || k < 2) return null;
  const ranks = blocks.map(midranks);
  const sums = Array.from({ length: k }, (_, i) => ranks.reduce((sum, row) => sum + row[i]!, 0));
  const between = sums.reduce((sum, total) => sum + (total - n * (k + 1) / 2) ** 2, 0);
  const ties = ranks.flatMap((row) => [...Map.groupBy(row, (rank) => rank).values()])
    .reduce((sum, { length }) => sum + length ** 3 - length, 0);
  const spread = n * k * (k + 1) - ties / (k - 1);
  const statistic = spread === 0 ? 0 : 12 * between / spread;
  return { statistic, df: k - 1, p: 1 - chisquareCdf(statistic, k - 1) };
}
