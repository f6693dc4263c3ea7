/** `bench:verdicts`: how often the verdicts are right, over simulated studies whose truth is known. */
import { brokenPromises, type Cell, simulateCell } from "@/analysis/operating_characteristics.ts";
import { type DisturbanceName, DISTURBANCES } from "@/analysis/simulate_studies.ts";
import {
  type IntervalDesign,
  perPairDesign,
  pooledDesign,
} from "@/analysis/statistics/interval_design.ts";
import { resolvableDifference, tiePower } from "@/analysis/statistics/power.ts";
import { UsageError } from "./usage_error.ts";

const DIFFERENCES = [0, 0.01, 0.03, 0.05, 0.1];
const SPREADS = [0.01, 0.02, 0.05];
const POWER_SPREADS = [0.01, 0.02, 0.03, 0.05, 0.1];
/** The margin of the power table in method note 0b C. */
const POWER_MARGIN = 0.03;

interface Options {
  studies: string;
  blocks: string;
  margin: string;
  seed: string;
}

/** Prints both tables to stdout; 1 if a cell breaks a promise, named on stderr. */
export function printVerdicts(options: Options): number {
  const studies = numberOf(options, "studies", 1);
  const blocks = numberOf(options, "blocks", 2);
  const margin = numberOf(options, "margin", 0.1) / 100;
  const seed = numberOf(options, "seed", 0);
  console.log(
    `Simulated studies, not measurements: 3 entries, ${blocks} blocks, margin ${options.margin} %, ` +
      `${studies} studies a row. The word is that for the pair that differs by the true difference.`,
  );
  console.log(row(HEAD));
  const broken: string[] = [];
  for (const disturbance of Object.keys(DISTURBANCES) as DisturbanceName[]) {
    for (const s_d of SPREADS) {
      for (const difference of DIFFERENCES) {
        const cell = simulateCell({ disturbance, difference, s_d, blocks, margin, studies, seed });
        const promises = brokenPromises(cell);
        broken.push(...promises.map((promise) => `${row(cellText(cell, "")).trim()}: ${promise}`));
        console.log(row(cellText(cell, promises.length > 0 ? "BROKEN" : noteOf(cell))));
      }
    }
  }
  printPower(blocks);
  for (const line of broken) console.error(line);
  return broken.length === 0 ? 0 : 1;
}

const HEAD = [
  "disturbance",
  "s_d %",
  "true %",
  "better",
  "small edge",
  "tie",
  "inconclusive",
  "wrong winner",
  "false better",
  "false tie",
  "coverage",
  "",
];

function cellText({ disturbance, s_d, difference, words, ...cell }: Cell, note: string): string[] {
  const shares = [
    ...[words.better, words.small_edge, words.tie, words.inconclusive],
    ...[cell.wrong_winner, cell.false_better, cell.false_tie, cell.coverage],
  ];
  const percents = shares.map((share) => (100 * share).toFixed(1));
  return [disturbance, percent(s_d), percent(difference), ...percents, note];
}

function noteOf({ disturbance }: Cell): string {
  return DISTURBANCES[disturbance].promised ? "" : "flagged, nothing promised";
}

function printPower(blocks: number): void {
  console.log(
    `\nWhat ${blocks} blocks of 3 entries resolve at a margin of ${percent(POWER_MARGIN)} %: ` +
      `the true difference called "better" with 80 % power, and how often a true tie is shown by ` +
      `the 95 % interval, each as per-pair t (Bonferroni) and as pooled residual (Tukey).`,
  );
  const designs: IntervalDesign[] = [perPairDesign(blocks, 3), pooledDesign(blocks, 3)];
  console.log(row(["", "s_d %", "better % t", "pooled", "tie t", "pooled"]));
  for (const sd of POWER_SPREADS) {
    const inputs = designs.map((design) => ({ design, sd, margin: POWER_MARGIN }));
    const better = inputs.map((input) => (100 * resolvableDifference(input)).toFixed(1));
    const tie = inputs.map((input) => (100 * tiePower(input)).toFixed(1));
    console.log(row(["", percent(sd), ...better, ...tie]));
  }
}

function percent(share: number): string {
  return String(Number((100 * share).toFixed(2)));
}

function row(cells: readonly string[]): string {
  const width = (i: number) => Math.max(HEAD[i]!.length, 6);
  return cells.map((cell, i) => i === 0 ? cell.padEnd(18) : cell.padStart(width(i))).join("  ")
    .trimEnd();
}

function numberOf(options: Options, name: keyof Options, least: number): number {
  const value = Number(options[name]);
  if (Number.isFinite(value) && value >= least) return value;
  throw new UsageError(`--${name} ${options[name]}: a number of at least ${least} is needed`);
}
