/** The word for a pair: better, a small edge, a tie, or inconclusive (method note 3.4). */
import { byHowMuch, rangeText } from "./number_text.ts";

/** A pair's simultaneous interval of the ratio of a to b; above 1, a is better. */
export interface VerdictInput {
  a: string;
  b: string;
  /** 0 or infinite where one side failed throughout; null without any shared block. */
  ratio: number | null;
  low: number;
  high: number;
  /** The 1 − 2α interval of the two one-sided tests for a tie (note 0b D); `low` … `high` if absent. */
  tie_low?: number;
  tie_high?: number;
  /** 0.05: differences below 5 % do not matter. */
  margin: number;
  /** Blocks both have. */
  k: number;
  /** k': blocks for a half-width below half the margin; null where no number of blocks is known. */
  blocks_needed?: number | null;
  /** Blocks in which one side's server failed and the other's did not. */
  failed_a?: number;
  failed_b?: number;
}

export interface Verdict {
  verdict: "better" | "small_edge" | "tie" | "inconclusive";
  /** Which side "better" and "small edge" name. */
  winner: "a" | "b" | null;
  /** A small edge that is also shown to be below the margin: both words are printed. */
  also_tie: boolean;
  /** Fewer than five blocks: whatever the word, it is no claim. */
  exploratory: boolean;
  /** The finding in words. */
  words: string;
  /** The same, called exploratory where it is. */
  sentence: string;
}

/** Below this no verdict is more than exploratory (method note 3.1). */
export const FEWEST_BLOCKS = 5;

/** First match from the top of the note's table, mirrored for b, with what it says in words. */
export function verdictOf(input: VerdictInput): Verdict {
  const { margin, k } = input;
  const word = verdictWord(input);
  const words = WORDS[word.verdict](towardWinner(input, word.winner));
  const both = word.also_tie ? `${words}; ${tieWords(margin)}` : words;
  const exploratory = k < FEWEST_BLOCKS;
  const sentence = exploratory ? `exploratory (k = ${k}): ${both}` : both;
  return { ...word, exploratory, words: both, sentence };
}

/** The word alone. */
export function verdictWord(
  { low, high, margin, tie_low = low, tie_high = high }: Pick<
    VerdictInput,
    "low" | "high" | "margin" | "tie_low" | "tie_high"
  >,
): Pick<Verdict, "verdict" | "winner" | "also_tie"> {
  const beyond = 1 + margin;
  const tie = tie_low > 1 / beyond && tie_high < beyond;
  const winner = low > 1 ? "a" : high < 1 ? "b" : null;
  if (winner === null) return { verdict: tie ? "tie" : "inconclusive", winner, also_tie: false };
  const clear = low > beyond || high < 1 / beyond;
  return { verdict: clear ? "better" : "small_edge", winner, also_tie: !clear && tie };
}

/** The pair as its winner sees it; as given without one. */
function towardWinner(input: VerdictInput, winner: "a" | "b" | null): VerdictInput {
  if (winner !== "b") return input;
  const { a, b, ratio, low, high, failed_a, failed_b } = input;
  return {
    ...input,
    a: b,
    b: a,
    ratio: ratio === null ? null : 1 / ratio,
    low: 1 / high,
    high: 1 / low,
    failed_a: failed_b ?? 0,
    failed_b: failed_a ?? 0,
  };
}

const WORDS: Record<Verdict["verdict"], (toward: VerdictInput) => string> = {
  better: (pair) => `${pair.a} is better${sizeOf(pair)}`,
  small_edge: (pair) =>
    `${pair.a} has a small edge${sizeOf(pair)}, possibly below ${percent(pair)}`,
  tie: ({ margin, low, high, tie_low = low, tie_high = high }) =>
    `${tieWords(margin)} (${rangeText(tie_low, tie_high)})`,
  inconclusive: (pair) => `inconclusive: ${rangeText(pair.low, pair.high)}; ${remedy(pair)}`,
};

function sizeOf({ b, ratio, low, high, k, failed_b = 0 }: VerdictInput): string {
  const failures = failed_b > 0 ? `; ${b} failed in ${failed_b} of ${k} blocks` : "";
  return `${byHowMuch(ratio)} (${rangeText(low, high)}${failures})`;
}

function remedy(pair: VerdictInput): string {
  const { a, b, k, ratio, blocks_needed, failed_a = 0, failed_b = 0 } = pair;
  if (ratio === null) return `${a} and ${b} have no block in common`;
  const failures = [[a, failed_a], [b, failed_b]].filter(([, failed]) => Number(failed) > 0)
    .map(([entry, failed]) => `${entry} failed in ${failed}`);
  if (failures.length > 0) return `of ${k} blocks ${failures.join(", ")}, so no ratio is bounded`;
  if (k < 2) return "2 blocks that both have are the least";
  return blocks_needed == null
    ? "no feasible number of blocks would do"
    : `about ${blocks_needed} blocks would be needed`;
}

function tieWords(margin: number): string {
  return `tie: any difference is below ${percent({ margin })}`;
}

function percent({ margin }: { margin: number }): string {
  return `${Number((100 * margin).toFixed(2))} %`;
}
