/** The results of the bench as text: medians over the runs, and the verdicts. Pure. */
import { median } from "simple-statistics";
import { alignedColumns } from "@/config/aligned_columns.ts";
import type { Client } from "./clients.ts";
import { type Measured, type Metric, type Target, TARGETS } from "./scenarios.ts";

/** A client's runs on one scenario. */
export interface ClientRuns {
  client: Pick<Client, "name" | "judged">;
  runs: Measured[];
}

export interface Row {
  client: string;
  runs: number;
  /** Median of the runs; the ratio to the floor is of the CPU time a token, null without a floor. */
  medians: Record<Exclude<Metric, "cpu_ratio">, number> & { cpu_ratio: number | null };
  /** What some run failed to count; null when every run was exact. */
  miscounted: string | null;
  /** For the client that is judged: each target, with whether it is met. */
  verdicts: (Target & { met: boolean })[];
}

const FLOOR = "floor";

export function rowsOf(scenario: string, clients: readonly ClientRuns[]): Row[] {
  const floor = clients.find(({ client }) => client.name === FLOOR);
  const floorCpu = floor && median(floor.runs.map((run) => run.cpu_us_per_token));
  return clients.map(({ client, runs }) => {
    const names = Object.keys(runs[0]!).filter((name) => name !== "miscounted");
    const of = Object.fromEntries(
      names.map((name) => [name, median(runs.map((run) => run[name as keyof Measured] as number))]),
    ) as Record<Exclude<Metric, "cpu_ratio">, number>;
    const medians = { ...of, cpu_ratio: floorCpu ? of.cpu_us_per_token / floorCpu : null };
    const verdicts = (client.judged ? TARGETS[scenario] ?? [] : [])
      .filter(({ metric }) => medians[metric] !== null)
      .map((target) => ({ ...target, met: isMet(target, medians[target.metric]!) }));
    const miscounted = runs.find((run) => run.miscounted !== null)?.miscounted ?? null;
    return { client: client.name, runs: runs.length, medians, miscounted, verdicts };
  });
}

function isMet({ least = -Infinity, most = Infinity }: Target, value: number): boolean {
  return value >= least && value <= most;
}

type Column = [head: string, metric: Metric, digits: number, factor?: number];

const COLUMNS: readonly Column[] = [
  ["TTFT err p50 ms", "ttft_error_p50_ms", 3],
  ["p99", "ttft_error_p99_ms", 2],
  ["ITL err %", "itl_error", 4, 100],
  ["TPOT err %", "tpot_error", 4, 100],
  ["gap p99 ms", "gap_p99_ms", 2],
  ["(true)", "server_gap_p99_ms", 2],
  ["late p50 ms", "lateness_p50_ms", 3],
  ["p99", "lateness_p99_ms", 2],
  ["tok/s", "tokens_per_s", 0],
  ["CPU µs/tok", "cpu_us_per_token", 2],
  ["× floor", "cpu_ratio", 2],
  ["start CPU s", "startup_cpu_s", 2],
  ["peak MB", "peak_bytes", 0, 1e-6],
  ["server late p50 ms", "server_lateness_p50_ms", 3],
  ["p99", "server_lateness_p99_ms", 2],
];

/** One line a client, then one line a target. */
export function tableText(rows: readonly Row[]): string {
  const cells = [
    ["client", "counts", ...COLUMNS.map(([head]) => head)],
    ...rows.map(({ client, miscounted, medians }) => [
      client,
      miscounted === null ? "exact" : "WRONG",
      ...COLUMNS.map(([, metric, digits, factor = 1]) =>
        medians[metric] === null ? "-" : (medians[metric] * factor).toFixed(digits)
      ),
    ]),
  ];
  const lines = alignedColumns(cells, (column) => column > 0);
  return [...lines, "", ...rows.flatMap(verdictLines)].join("\n");
}

function verdictLines({ client, miscounted, medians, verdicts }: Row): string[] {
  const counts = miscounted === null ? [] : [`${client}: missed: counts exact: ${miscounted}`];
  return [
    ...counts,
    ...verdicts.map(({ metric, least, most, met }) => {
      const limit = most === undefined ? `at least ${least}` : `at most ${most}`;
      const value = Number(medians[metric]!.toPrecision(4));
      return `${client}: ${met ? "met" : "missed"}: ${metric} ${value}, ${limit}`;
    }),
  ];
}
