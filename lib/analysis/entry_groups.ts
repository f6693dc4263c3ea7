/** Which entries of a comparison can be told apart, as letters, and who is not shown to be worse. */
import type { Comparison } from "./comparison_row.ts";
import { groupLetters } from "./statistics/group_letters.ts";

export interface EntryGroup {
  entry: string;
  /** Entries that share a letter are not separable; `a` holds those that come first. */
  letters: string;
  /** No other entry is shown to be better. */
  unbeaten: boolean;
}

/**
 * Letters over all pairs of one metric at one load. Two entries are separable where the verdict is
 * "better"; a small edge, a tie and an inconclusive pair are not (method note 3.4). The order only
 * decides which letter comes first: by pairs won, then as given.
 */
export function entryGroups(pairs: readonly Comparison[]): EntryGroup[] {
  const names = [...new Set(pairs.flatMap(({ b, a }) => [b, a]))];
  const beats = (x: string, y: string) =>
    pairs.some(({ a, b, verdict, winner }) =>
      verdict === "better" && (winner === "a" ? a === x && b === y : b === x && a === y)
    );
  const won = (x: string) => names.filter((y) => beats(x, y)).length;
  const lost = (x: string) => names.filter((y) => beats(y, x)).length;
  const entries = names.toSorted((x, y) => lost(x) - lost(y) || won(y) - won(x));
  const letters = groupLetters(
    entries.length,
    (i, j) => beats(entries[i]!, entries[j]!) || beats(entries[j]!, entries[i]!),
  );
  return entries.map((entry, i) => ({
    entry,
    letters: letters[i]!,
    unbeaten: !entries.some((other) => beats(other, entry)),
  }));
}
