/** A pair's size and interval in words, as one of the two sees it. */
import type { Comparison } from "./comparison_row.ts";
import { byHowMuch, counted, levelText, rangeText, ratioText } from "./number_text.ts";

/** The other entry of the pair and by how much `winner` is better than it. */
export function sizeOver(pair: Comparison, winner: string): string {
  const other = pair.a === winner ? pair.b : pair.a;
  const failed = pair.a === winner ? pair.failed_b : pair.failed_a;
  const [low, high] = pair.a === winner
    ? [pair.low, pair.high]
    : [inverse(pair.high), inverse(pair.low)];
  const ratio = pair.a === winner ? pair.ratio : inverse(pair.ratio);
  const failures = failed > 0 ? `, whose server failed in ${failed} of ${pair.blocks} blocks` : "";
  return `${other}${byHowMuch(ratio)} (${levelText(pair.level)} interval ${rangeText(low, high)}, ${
    counted(pair.blocks, "block")
  })${failures}`;
}

/** The pair with its ratio, interval, blocks and verdict. */
export function ratioWords(pair: Comparison): string {
  const { a, b, ratio, low, high, blocks } = pair;
  if (pair.verdict === "not comparable") return `${a} and ${b} are not comparable`;
  const word =
    { better: "better", small_edge: "small edge", tie: "tie", inconclusive: "inconclusive" }[
      pair.verdict
    ];
  const edge = pair.winner === null ? word : `${word} of ${pair.winner === "a" ? a : b}`;
  return `${a} against ${b} ${ratioText(ratio)} (${rangeText(low, high)}), k = ${blocks}, ${edge}`;
}

function inverse(value: number | null): number | null {
  return value === null ? 0 : value === 0 ? null : 1 / value;
}
