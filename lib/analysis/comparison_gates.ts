/** What must be alike for two entries to be compared, as data (method note 4). */
import type { RunRequests } from "@/records/trial_requests.ts";
import type { ComparedMetric } from "./compared_metrics.ts";
import type { ComparisonGate } from "./comparison_row.ts";
import { STEADY_TTFT } from "./steady_gates.ts";
import { twoModes } from "./statistics/two_modes.ts";
import type { SummaryRow } from "./summary_row.ts";
import { promptPair } from "./prompt_pairs.ts";

/** The trials of two entries in the blocks that both have. */
export interface PairEvidence {
  a: SummaryRow[];
  b: SummaryRow[];
  metric: ComparedMetric;
  /** Finite scores of each side. */
  scores: [number[], number[]];
  margin: number;
  requests: RunRequests;
}

type Check = (evidence: PairEvidence) => ComparisonGate;

/** All gates of one comparison, passed and failed. */
export function comparisonGates(evidence: PairEvidence): ComparisonGate[] {
  const checks: Check[] = [
    promptTokens,
    outputLengths,
    granularity,
    memoryParity,
    clocks,
    suspects,
    oneMode,
  ];
  return checks.map((check) => check(evidence));
}

/** Other counts mean another tokenizer or chat template: not the same work. */
function promptTokens({ a, b, requests }: PairEvidence): ComparisonGate {
  let [shared, different, example] = [0, 0, ""];
  for (const [of, other] of blockPairs(a, b)) {
    const pair = promptPair(requests.get(of.trial_id), requests.get(other.trial_id));
    shared += pair.shared;
    different += pair.different;
    example ||= pair.example;
  }
  return {
    gate: "prompt tokens",
    value: shared === 0
      ? "no prompt in common on record"
      : `${different} of ${shared} prompts differ${example}`,
    limit: "equal for each prompt",
    pass: different === 0,
    cause: "plan",
    fails_to: "not comparable",
  };
}

function outputLengths({ a, b }: PairEvidence): ComparisonGate {
  const ratios = blockPairs(a, b).flatMap(([of, other]) =>
    of.failed + other.failed > 0 || !of.output_tokens || !other.output_tokens
      ? []
      : [of.output_tokens / other.output_tokens]
  );
  const most = farthest(ratios);
  return {
    gate: "output lengths",
    value: most === null
      ? "no block without failures"
      : `output tokens of a block up to ${most.toFixed(3)} times the other's`,
    limit: "equal within 1 %",
    pass: most === null || Math.abs(Math.log(most)) <= Math.log(1.01),
    cause: "plan",
    fails_to: "exploratory",
  };
}

/** Tokens that come in clumps make the first one late and the gaps look long. */
function granularity({ a, b, metric }: PairEvidence): ComparisonGate {
  const [ofA, ofB] = [a, b].map((rows) => middle(rows.map((row) => row.tokens_per_event)));
  const known = ofA != null && ofB != null;
  return {
    gate: "stream granularity",
    value: known ? `${ofA.toFixed(2)} and ${ofB.toFixed(2)} tokens an event` : "not known",
    limit: "equal within 5 %; for latencies",
    pass: !known || isRate(metric) || Math.abs(Math.log(ofA / ofB)) <= Math.log(1.05),
    cause: "plan",
    fails_to: "exploratory",
  };
}

const KV_BINDS = 0.9;

/** Unlike capacities matter where one of them is used up. */
function memoryParity({ a, b }: PairEvidence): ComparisonGate {
  const [ofA, ofB] = [a, b].map((rows) => middle(rows.map((row) => row.kv_cache_tokens)));
  const peaks = [...a, ...b].map(({ kv_use_peak }) => kv_use_peak).filter((peak) => peak !== null);
  const known = ofA != null && ofB != null;
  const alike = !known || Math.abs(Math.log(ofA / ofB)) <= Math.log(1.1);
  const binds = peaks.length === 0 || Math.max(...peaks) >= KV_BINDS;
  const use = peaks.length === 0
    ? "use not told"
    : `at most ${(100 * Math.max(...peaks)).toFixed(0)} % in use`;
  return {
    gate: "memory parity",
    value: known ? `KV caches of ${ofA} and ${ofB} tokens, ${use}` : "not told",
    limit: "equal within 10 %, or less than 90 % in use",
    pass: alike || !binds,
    cause: "plan",
    fails_to: "exploratory",
  };
}

function clocks({ a, b }: PairEvidence): ComparisonGate {
  const [ofA, ofB] = [a, b].map((rows) => middle(rows.map((row) => row.sm_clock_mhz_median)));
  const known = ofA != null && ofB != null;
  return {
    gate: "GPU clocks",
    value: known ? `median SM clocks of ${ofA} and ${ofB} MHz` : "not told",
    limit: "equal within 2 %",
    pass: !known || Math.abs(Math.log(ofA / ofB)) <= Math.log(1.02),
    cause: "environment",
    fails_to: "exploratory",
  };
}

/** What a server makes of its load is its outcome and no doubt of the trial (method note 0b A, J). */
const OUTCOMES = ["running_on_server", "preemption"];
/** Metrics that TTFT has no part in. */
const WITHOUT_TTFT = /^(output_tokens_per_s|requests_per_s|tpot_ms_)/;

function failsOnly({ gates }: SummaryRow, known: readonly string[]): boolean {
  const failed = gates.filter(({ pass }) => !pass);
  return failed.length > 0 && failed.every(({ gate }) => known.includes(gate));
}

function suspects({ a, b, metric }: PairEvidence): ComparisonGate {
  const all = [...a, ...b];
  const told = all.filter(({ verdict }) => verdict === "SUSPECT");
  const outcomes = told.filter((row) => failsOnly(row, OUTCOMES)).length;
  const harmless = WITHOUT_TTFT.test(metric) ? [...OUTCOMES, STEADY_TTFT] : OUTCOMES;
  const ofTtft = told.filter((row) => failsOnly(row, harmless)).length - outcomes;
  const besides = [
    ...(outcomes === 0 ? [] : [`, besides ${outcomes} by what the server made of its load`]),
    ...(ofTtft === 0 ? [] : [`, besides ${ofTtft} by start-up in TTFT alone`]),
  ];
  const suspect = told.length - outcomes - ofTtft;
  return {
    gate: "sound trials",
    value: `${suspect} of ${all.length} trials SUSPECT${besides.join("")}`,
    limit: "0",
    pass: suspect === 0,
    cause: "plan",
    fails_to: "exploratory",
  };
}

const MODES_P = 0.01;

/** No interval promises anything where launches fall into two modes (method note 0b O). */
function oneMode({ a, b, scores, margin }: PairEvidence): ComparisonGate {
  const found = scores.flatMap((values, side) => {
    const modes = twoModes(values);
    if (modes === null || modes.p >= MODES_P) return [];
    const apart = Math.exp(modes.high.mean - modes.low.mean);
    if (apart <= 1 + margin / 2) return [];
    const { engine } = (side === 0 ? a : b)[0]!;
    return [
      `${modes.low.count} launches of ${engine} ${
        apart.toFixed(2)
      } times worse than the other ${modes.high.count}`,
    ];
  });
  return {
    gate: "one mode",
    value: found.length === 0 ? "no two groups of launches apart" : found.join("; "),
    limit: `no two groups (p < ${MODES_P}) further apart than half the margin`,
    pass: found.length === 0,
    cause: "server",
    fails_to: "exploratory",
  };
}

function blockPairs(a: SummaryRow[], b: SummaryRow[]): [SummaryRow, SummaryRow][] {
  const others = new Map(b.map((row) => [row.block, row]));
  return a.flatMap((row): [SummaryRow, SummaryRow][] => {
    const other = others.get(row.block);
    return other === undefined ? [] : [[row, other]];
  });
}

function farthest(ratios: number[]): number | null {
  const sorted = ratios.toSorted((x, y) => Math.abs(Math.log(y)) - Math.abs(Math.log(x)));
  return sorted[0] ?? null;
}

function middle(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((x, y) => x - y);
  return known[Math.floor(known.length / 2)] ?? null;
}

function isRate(metric: ComparedMetric): boolean {
  return metric.endsWith("_per_s");
}
