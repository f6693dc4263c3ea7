/** How often the verdicts are right, over simulated studies whose truth is known. */
import { randomFrom } from "@/config/seeds.ts";
import { pairIntervals } from "./pair_intervals.ts";
import {
  type DisturbanceName,
  DISTURBANCES,
  simulateStudy,
  type StudyTruth,
} from "./simulate_studies.ts";
import { type Verdict, verdictWord } from "./verdict.ts";

export interface CellInput extends StudyTruth {
  disturbance: DisturbanceName;
  margin: number;
  studies: number;
  seed: number;
}

/** Shares of the studies of one cell. */
export interface Cell extends CellInput {
  /** The word for the pair that truly differs by `difference`. */
  words: Record<Verdict["verdict"], number>;
  /** Any pair of the study: a winner where there is none, or the wrong one. */
  wrong_winner: number;
  /** Any pair: "better" though the truth is within the margin. */
  false_better: number;
  /** Any pair: a tie though the truth is not within the margin. */
  false_tie: number;
  /** All intervals of the study hold their truth. */
  coverage: number;
}

const LEVEL = 0.95;
/** Allowed distance of the coverage from its nominal value (method note 0b O). */
const COVERAGE_WITHIN = 0.02;

/** Simulates one cell; the same input gives the same shares. */
export function simulateCell(input: CellInput): Cell {
  const { studies, difference, s_d, disturbance, margin, seed } = input;
  const random = randomFrom("studies", seed, disturbance, difference, s_d, input.blocks);
  const small = Math.log1p(margin);
  const words = { better: 0, small_edge: 0, tie: 0, inconclusive: 0 };
  let [wrong_winner, false_better, false_tie, covered] = [0, 0, 0, 0];
  for (let study = 0; study < studies; study++) {
    const scores = simulateStudy(input, DISTURBANCES[disturbance], random);
    const judged = pairIntervals(scores, LEVEL).map((pair) => {
      const truth = pair.a === 0 ? Math.log1p(difference) : 0;
      const ends = [pair.low, pair.high, pair.tie_low, pair.tie_high].map(Math.exp);
      const [low, high, tie_low, tie_high] = ends as [number, number, number, number];
      const word = verdictWord({ low, high, tie_low, tie_high, margin });
      return { ...word, truth, holds: pair.low <= truth && truth <= pair.high };
    });
    words[judged[0]!.verdict] += 1 / studies;
    if (judged.some(({ winner, truth }) => winner === "b" || winner && truth === 0)) wrong_winner++;
    if (judged.some(({ verdict, truth }) => verdict === "better" && truth <= small)) false_better++;
    if (judged.some((pair) => saysTie(pair) && pair.truth >= small)) false_tie++;
    if (judged.every(({ holds }) => holds)) covered++;
  }
  return {
    ...input,
    words,
    wrong_winner: wrong_winner / studies,
    false_better: false_better / studies,
    false_tie: false_tie / studies,
    coverage: covered / studies,
  };
}

function saysTie({ verdict, also_tie }: Pick<Verdict, "verdict" | "also_tie">): boolean {
  return verdict === "tie" || also_tie;
}

/** What a cell breaks of what is promised; empty where all holds or nothing is promised. */
export function brokenPromises(cell: Cell): string[] {
  if (!DISTURBANCES[cell.disturbance].promised) return [];
  const { studies, coverage, words, difference, s_d, blocks } = cell;
  const nominal = 1 - LEVEL;
  const chance = 3 * Math.sqrt(nominal * LEVEL / studies);
  const named: [boolean, string][] = [
    [cell.wrong_winner > nominal + chance, "too many wrong winners"],
    [cell.false_better > nominal + chance, "too many are called better within the margin"],
    [cell.false_tie > nominal + chance, "too many ties beyond the margin"],
    [Math.abs(coverage - LEVEL) > COVERAGE_WITHIN + chance, "coverage is not 95 ± 2 %"],
  ];
  // Missing values leave fewer than six blocks to some pairs.
  const whole = DISTURBANCES[cell.disturbance].missing === 0;
  const calm = s_d <= 0.01 && blocks >= 6 && whole;
  if (calm && difference === 0) named.push([words.tie < LEVEL - chance, "a true tie is missed"]);
  if (calm && difference >= 0.1) {
    named.push([words.better < LEVEL - chance, "a true 10 % is missed"]);
  }
  return named.filter(([broken]) => broken).map(([, name]) => name);
}
