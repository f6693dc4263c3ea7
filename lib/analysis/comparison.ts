/** Compares entries over paired blocks: ratio, simultaneous interval, verdict, and what it is worth. */
import { median } from "simple-statistics";
import { DEFAULT_MARGINS } from "@/config/use_case_schema.ts";
import type { RunRequests } from "@/records/trial_requests.ts";
import { ALWAYS_COMPARED, COMPARED, type ComparedMetric } from "./compared_metrics.ts";
import { comparisonGates } from "./comparison_gates.ts";
import type { Comparison, ComparisonGate } from "./comparison_row.ts";
import { comparisonSentence } from "./comparison_text.ts";
import { pointOf } from "./load_axis.ts";
import { comparePairs, type PairResult } from "./pairwise.ts";
import { lookAt, type StudyTerms } from "./study_terms.ts";
import { faultOf, type ScoredCell, scoredCell } from "./trial_scores.ts";
import { rangeText, ratioText } from "./number_text.ts";
import { MEASURED_HERE, type SummaryRow } from "./summary_row.ts";
import { FEWEST_BLOCKS } from "./verdict.ts";

/** The least for an interval. */
const LEAST_BLOCKS = 2;

/** Trials at one workload and load, with the metric's value of each. */
export interface ComparedCell {
  rows: SummaryRow[];
  metric: ComparedMetric;
  value: (row: SummaryRow) => number | null;
  /** What this metric must hold besides. */
  check?: (used: SummaryRow[]) => ComparisonGate;
}

/** Nothing was fixed before the run. */
export const NO_TERMS: StudyTerms = {
  margins: DEFAULT_MARGINS,
  use_cases: [],
  recorded: false,
  planned_blocks: 0,
  looks: null,
};

/**
 * All pairs of entries at each workload and load of one run, on throughput, median TTFT, median TPOT
 * and the primary metrics of the use cases. Real and simulated engines are never paired; warm-up
 * blocks and replaced trials do not enter.
 */
export function compareEntries(
  rows: readonly SummaryRow[],
  terms: StudyTerms = NO_TERMS,
  requests: RunRequests = new Map(),
): Comparison[] {
  const compared = rows.filter(({ role }) => role === "compared");
  const cells = Map.groupBy(
    compared,
    (row) => JSON.stringify([row.run_id, row.simulated, row.workload, row.load]),
  );
  const evidence = evidenceOf(compared, terms, requests);
  return [...cells.values()].flatMap((cell) => {
    const primary = terms.use_cases.filter(({ workload, load }) =>
      workload === cell[0]!.workload && load === cell[0]!.load
    ).map(({ metric }) => metric);
    const metrics = new Set<ComparedMetric>([...ALWAYS_COMPARED, ...primary]);
    return [...metrics].flatMap((metric) =>
      compareCell({ rows: cell, metric, value: (row) => columnOf(row, metric) }, evidence)
    );
  });
}

/** What all comparisons of a run share. */
export interface StudyEvidence {
  terms: StudyTerms;
  requests: RunRequests;
  level: number;
  unplanned: string | null;
}

/** The evidence over `rows`, the compared ones of one run. */
export function evidenceOf(
  rows: readonly SummaryRow[],
  terms: StudyTerms,
  requests: RunRequests,
): StudyEvidence {
  const blocks = new Set(rows.map(({ block }) => block)).size;
  return { terms, requests, ...lookAt(terms, blocks) };
}

/** All pairs of a cell on its metric. */
export function compareCell(cell: ComparedCell, evidence: StudyEvidence): Comparison[] {
  const { margins } = evidence.terms;
  const margin = margins[COMPARED[cell.metric].margin] / 100;
  const scored = scoredCell(cell.rows, cell.value, cell.metric);
  // The config's first entry is the one that others are compared with.
  const entries = scored.entries.toReversed();
  const scores = scored.scores.toReversed();
  const pairs = comparePairs({ entries, scores, margin, level: evidence.level });
  const order = (name: string) => scored.entries.indexOf(name);
  return pairs.toSorted((x, y) => order(x.b) - order(y.b) || order(x.a) - order(y.a))
    .map((pair) => comparison(pair, cell, scored, { ...evidence, margin }));
}

function comparison(
  pair: PairResult,
  cell: ComparedCell,
  scored: ScoredCell,
  { margin, level, unplanned, terms, requests }: StudyEvidence & { margin: number },
): Comparison {
  const { metric } = cell;
  const [a, b] = [pair.a, pair.b].map((entry) => usedRows(entry, pair, cell, scored));
  const first = cell.rows[0]!;
  const finite = [a!, b!].map((rows) =>
    rows.flatMap((row) => {
      const score = scoreIn(scored, row);
      return score === null || score === -Infinity ? [] : [score];
    })
  ) as [number[], number[]];
  const used = [...a!, ...b!];
  const imported = used.some(({ measured_by }) => measured_by !== MEASURED_HERE);
  const gates = [
    ...comparisonGates({ a: a!, b: b!, metric, scores: finite, margin, requests }),
    ...(cell.check === undefined ? [] : [cell.check(used)]),
  ];
  const unlike = failedTo("not comparable", gates);
  const comparable = pair.k >= LEAST_BLOCKS && unlike.length === 0;
  const use_cases = terms.use_cases.filter((each) =>
    each.workload === first.workload && each.load === first.load && each.metric === metric
  ).map(({ name }) => name);
  const exploratory_because = [
    ...(pair.k < FEWEST_BLOCKS
      ? [`${pair.k} of the ${FEWEST_BLOCKS} blocks that a claim needs`]
      : []),
    ...(use_cases.length === 0 ? ["no use case has this as its primary metric and load"] : []),
    ...(use_cases.length > 0 && !terms.recorded
      ? ["no primary metric was recorded before the run"]
      : []),
    ...(unplanned === null ? [] : [unplanned]),
    ...failedTo("exploratory", gates),
  ];
  const numbers = comparable ? numbersOf(pair) : NO_NUMBERS;
  const row: Omit<Comparison, "sentence"> = {
    run_id: first.run_id,
    simulated: first.simulated,
    workload: first.workload,
    ...pointOf(first),
    metric,
    a: pair.a,
    b: pair.b,
    median_a: medianOf(a!, cell),
    median_b: medianOf(b!, cell),
    use_cases,
    claim: comparable && exploratory_because.length === 0 ? "confirmatory" : "exploratory",
    exploratory_because,
    verdict: !comparable ? "not comparable" : imported ? "inconclusive" : pair.verdict,
    winner: comparable && !imported ? pair.winner : null,
    also_tie: comparable && !imported && pair.also_tie,
    ...numbers,
    margin,
    level,
    method: pair.method,
    blocks: pair.k,
    unit: imported
      ? "imported repeats"
      : used.some(({ kind }) => kind === "external")
      ? "passes"
      : "launches",
    lost_blocks: scored.lost.length,
    s_d: pair.s_d,
    blocks_needed: pair.blocks_needed,
    p: comparable ? pair.p : null,
    p_adjusted: comparable ? pair.p_adjusted : null,
    p_holm: comparable ? pair.p_holm : null,
    failed_a: pair.failed_a,
    failed_b: pair.failed_b,
    both_failed: pair.both_failed,
    gates,
  };
  return {
    ...row,
    sentence: comparisonSentence(row, imported ? importedWords(row) : pair.words, unlike),
  };
}

/** Repeats in other tools' files are no fresh launches on the same prompts, so they decide nothing. */
function importedWords({ ratio, low, high }: Pick<Comparison, "ratio" | "low" | "high">): string {
  return `inconclusive: ratio ${ratioText(ratio)} (${
    rangeText(low, high)
  }); repeats in other tools' files decide nothing`;
}

const NO_NUMBERS = { ratio: null, low: null, high: null, tie_low: null, tie_high: null };

function numbersOf({ ratio, low, high, tie_low, tie_high }: PairResult): typeof NO_NUMBERS | {
  ratio: number | null;
  low: number | null;
  high: number | null;
  tie_low: number | null;
  tie_high: number | null;
} {
  const bounded = (value: number | null) => value === Infinity ? null : value;
  const known = ratio === null || ratio === Infinity || ratio === 0 ? null : ratio;
  return {
    ratio: known,
    low: bounded(low),
    high: bounded(high),
    tie_low: bounded(tie_low),
    tie_high: bounded(tie_high),
  };
}

/** A failed launch counts as no throughput and endless latency, so it may take the median away. */
function medianOf(rows: SummaryRow[], { metric, value }: ComparedCell): number | null {
  if (rows.length === 0) return null;
  const failed = COMPARED[metric].better === "higher" ? 0 : Infinity;
  const values = rows.map((row) => faultOf(row) === "server" ? failed : value(row)!);
  const found = median(values);
  return found > 0 && found < Infinity ? found : null;
}

/** The entry's trials in the blocks that both of the pair have. */
function usedRows(entry: string, pair: PairResult, { rows }: ComparedCell, scored: ScoredCell) {
  const has = (name: string, block: number) =>
    scored.scores[scored.entries.indexOf(name)]![scored.blocks.indexOf(block)] !== null;
  return rows.filter(({ engine, block }) =>
    engine === entry && has(pair.a, block) && has(pair.b, block)
  );
}

function scoreIn({ scores, entries, blocks }: ScoredCell, row: SummaryRow): number | null {
  return scores[entries.indexOf(row.engine)]![blocks.indexOf(row.block)] ?? null;
}

function failedTo(what: ComparisonGate["fails_to"], gates: readonly ComparisonGate[]): string[] {
  return gates.filter(({ pass, fails_to }) => !pass && fails_to === what)
    .map(({ gate, value, limit }) => `${gate}: ${value}, limit ${limit}`);
}

function columnOf(row: SummaryRow, metric: ComparedMetric): number | null {
  return metric === "max_load_per_s" ? null : row[metric];
}
