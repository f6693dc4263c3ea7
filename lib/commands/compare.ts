/** `compare`: the verdicts of stored runs, for a terminal, a program or a pipeline. */
import { csvFormat } from "d3-dsv";
import type { Comparison } from "@/analysis/comparison_row.ts";
import { worseBy } from "@/analysis/regression_check.ts";
import { type RunFindings, runFindings } from "@/analysis/run_findings.ts";
import { readRun, tellProblems } from "./read_run.ts";
import { UsageError } from "./usage_error.ts";

export interface CompareOptions {
  json?: boolean;
  csv?: boolean;
  /** Only pairs with this entry, seen from the other one. */
  baseline?: string;
  /** Percent; exit code 3 when an entry is shown to be worse than the baseline by more. */
  failIfWorse?: string;
}

/** What a pipeline takes for "worse", beside 1 for a failure and 2 for wrong usage. */
const WORSE = 3;

/** Prints advice and comparisons of each run; entries of different runs share no block and never meet. */
export function compare(dirs: string[], options: CompareOptions): number {
  const runs = dirs.map(readRun);
  const findings = runs.map((run) => runFindings(run));
  tellProblems(runs);
  const rows = findings.flatMap(({ comparisons }) => seenFrom(comparisons, options.baseline));
  if (options.baseline !== undefined && rows.length === 0) {
    throw new UsageError(`--baseline ${options.baseline}: no entry of that name was compared`);
  }
  if (options.json) console.log(JSON.stringify(rows, null, 2));
  else if (options.csv) console.log(csvFormat(rows.map(flat)));
  else printVerdicts(findings, rows, options.baseline);
  return options.failIfWorse === undefined ? 0 : checkWorse(rows, options);
}

/** The pairs of `baseline` with it in second place; all pairs without one. */
function seenFrom(comparisons: readonly Comparison[], baseline: string | undefined): Comparison[] {
  if (baseline === undefined) return [...comparisons];
  return comparisons.filter(({ a, b }) => a === baseline || b === baseline)
    .map((row) => row.b === baseline ? row : mirrored(row));
}

function mirrored(row: Comparison): Comparison {
  const inverse = (value: number | null) => value === null ? 0 : value === 0 ? null : 1 / value;
  const other = { a: "b", b: "a" } as const;
  return {
    ...row,
    a: row.b,
    b: row.a,
    winner: row.winner === null ? null : other[row.winner],
    ratio: row.ratio === null ? null : 1 / row.ratio,
    ...(row.verdict === "not comparable" ? {} : {
      low: inverse(row.high),
      high: inverse(row.low),
      tie_low: inverse(row.tie_high),
      tie_high: inverse(row.tie_low),
    }),
    median_a: row.median_b,
    median_b: row.median_a,
    failed_a: row.failed_b,
    failed_b: row.failed_a,
  };
}

/** Lists joined by `; `, gates left out. */
function flat({ gates: _, exploratory_because, use_cases, ...row }: Comparison) {
  return {
    ...row,
    use_cases: use_cases.join("; "),
    exploratory_because: exploratory_because.join("; "),
  };
}

function printVerdicts(
  findings: readonly RunFindings[],
  rows: readonly Comparison[],
  baseline: string | undefined,
): void {
  for (const { title, run_id, sentences } of findings.flatMap(({ advice }) => advice)) {
    if (baseline !== undefined) break;
    console.log(`${run_id} · ${title}`);
    for (const { text } of sentences) console.log(`  ${text}`);
    console.log();
  }
  if (rows.length === 0) console.log("nothing was compared: each run has one entry of its kind");
  for (const row of rows) {
    const worth = row.claim === "confirmatory" ? "  " : "~ ";
    console.log(`${worth}${row.simulated ? "(simulated) " : ""}${row.sentence}`);
  }
  if (rows.some(({ claim }) => claim === "exploratory")) console.log("~ exploratory: no claim");
}

function checkWorse(
  rows: readonly Comparison[],
  { baseline, failIfWorse }: CompareOptions,
): number {
  const percent = Number(failIfWorse);
  if (!(percent >= 0 && percent < 100)) {
    throw new UsageError(
      `--fail-if-worse ${failIfWorse}: a percentage from 0 to below 100 is needed`,
    );
  }
  if (baseline === undefined) {
    throw new UsageError("--fail-if-worse needs --baseline: worse than which entry?");
  }
  const worse = rows.filter((row) => worseBy(row, percent / 100));
  for (const { sentence } of worse) {
    console.error(`worse than ${baseline} by more than ${percent} %: ${sentence}`);
  }
  return worse.length === 0 ? 0 : WORSE;
}
