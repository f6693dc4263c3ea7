/** The peers' table: medians over the runs, and what could not be run. Pure. */
import { median } from "simple-statistics";
import { alignedColumns } from "@/config/aligned_columns.ts";
import type { ContenderMeasured } from "./run_contender.ts";

export interface ContenderRuns {
  name: string;
  version: string | null;
  runs: ContenderMeasured[];
  /** Why there are no runs, or fewer. */
  problem: string | null;
}

type Numbers = Exclude<keyof ContenderMeasured, "miscounted">;
type Column = [head: string, metric: Numbers, digits: number, factor?: number];

const COLUMNS: readonly Column[] = [
  ["TTFT p50 ms", "ttft_p50_error_ms", 2],
  ["p99", "ttft_p99_error_ms", 1],
  ["each p50 ms", "ttft_each_p50_ms", 2],
  ["p99", "ttft_each_p99_ms", 1],
  ["TPOT %", "tpot_error", 2, 100],
  ["CPU µs/tok", "cpu_us_per_token", 1],
  ["whole run", "whole_cpu_us_per_token", 1],
  ["start CPU s", "startup_cpu_s", 1],
  ["RSS MB", "peak_bytes", 0, 1e-6],
  ["wall s", "wall_s", 0],
];
/** Errors have a direction; the others are sizes. */
const SIGNED: readonly Numbers[] = ["ttft_p50_error_ms", "ttft_p99_error_ms", "tpot_error"];

/** One line a client, then a line for each that miscounts, failed or is not there. */
export function peersTableText(all: readonly ContenderRuns[]): string {
  const cells = [
    ["client", "version", "requests", "tokens", ...COLUMNS.map(([head]) => head)],
    ...all.map(rowOf),
  ];
  const lines = alignedColumns(cells, (column) => column >= 2);
  const remarks = all.flatMap(({ name, problem, runs }) => [
    ...runs.flatMap(countsOf).map((remark) => `${name}: ${remark}`),
    ...(problem === null ? [] : [`${name}: ${problem}`]),
  ]);
  return [...lines, ...(remarks.length === 0 ? [] : ["", ...remarks])].join("\n");
}

function countsOf({ miscounted, wrong_answers }: ContenderMeasured): string[] {
  const wrong = wrong_answers === 0
    ? []
    : [`${wrong_answers} answers are told with another number of tokens than were sent`];
  return [...(miscounted === null ? [] : [miscounted]), ...wrong];
}

function rowOf({ name, version, runs, problem }: ContenderRuns): string[] {
  const told = [name, version ?? "-"];
  if (runs.length === 0) {
    const state = problem?.startsWith("not installed") ? "not installed" : "failed";
    return [...told, state, "-", ...COLUMNS.map(() => "-")];
  }
  const { requests_told, requests_seen } = runs[0]!;
  return [
    ...told,
    `${requests_told}/${requests_seen}`,
    runs.every(({ wrong_answers }) => wrong_answers === 0) ? "exact" : "WRONG",
    ...COLUMNS.map(([, metric, digits, factor = 1]) => {
      const values = runs.map((run) => run[metric]).filter((value) => value !== null);
      if (values.length === 0) return "-";
      const value = (median(values) * factor).toFixed(digits);
      return SIGNED.includes(metric) && !value.startsWith("-") ? `+${value}` : value;
    }),
  ];
}
