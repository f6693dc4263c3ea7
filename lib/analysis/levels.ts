/** From trials to one row for each entry × workload × load, over its launches. */
import { median } from "simple-statistics";
import type { RunRequests } from "@/records/trial_requests.ts";
import { carriedQuantile } from "./statistics/quantiles.ts";
import { tailsHold } from "./gates.ts";
import { pointOf } from "./load_axis.ts";
import { e2eMs, TIMED_COLUMNS, type TimedRequest, tpotMs, ttftMs } from "./request_metrics.ts";
import { P99_EFFECTIVE, P99_REQUESTS_A_LAUNCH } from "./trial_latencies.ts";
import { sentSince } from "./window.ts";
import type { LevelRow, PooledQuantiles, Spread, SummaryRow } from "./summary_row.ts";

/**
 * The level rows of `rows`, in their order. Quantiles are taken for each launch and then combined;
 * INVALID trials give the row its verdict and enter no number.
 */
export function levelRows(
  rows: readonly SummaryRow[],
  requests: RunRequests,
): LevelRow[] {
  const groups = Map.groupBy(
    rows.filter(({ role }) => role === "compared"),
    (row) => JSON.stringify([row.engine, row.workload, row.load]),
  );
  return [...groups.values()].map((trials) => levelRow(trials, requests));
}

function levelRow(trials: SummaryRow[], requests: RunRequests): LevelRow {
  const { engine, kind, simulated, workload, measured_by } = trials[0]!;
  const usable = trials.filter(({ verdict }) => verdict !== "INVALID");
  const over = (value: (row: SummaryRow) => number | null) => spread(usable.map(value));
  const launches = usable.map((row) => latenciesOf(requests, row));
  const effective = (key: "ttft_n_eff" | "tpot_n_eff" | "e2e_n_eff") =>
    sum(usable.map((row) => row[key] ?? 0));
  const tails = usable.every(({ gates }) => tailsHold(gates));
  return {
    engine,
    kind,
    simulated,
    workload,
    ...pointOf(trials[0]!),
    launches: usable.length,
    measured_by,
    requests: sum(usable.map((row) => row.requests)),
    failed: sum(usable.map((row) => row.failed)),
    ttft_ms_p50: over((row) => row.ttft_ms_p50),
    ttft_ms_p90: over((row) => row.ttft_ms_p90),
    tpot_ms_p50: over((row) => row.tpot_ms_p50),
    tpot_ms_p90: over((row) => row.tpot_ms_p90),
    e2e_ms_p50: over((row) => row.e2e_ms_p50),
    e2e_ms_p90: over((row) => row.e2e_ms_p90),
    output_tokens_per_s: over((row) => row.output_tokens_per_s),
    memory_bytes: over((row) => row.memory?.peak_bytes ?? row.memory?.bytes ?? null),
    memory_label: usable.find(({ memory }) => memory !== null)?.memory?.label ?? null,
    ready_s: over((row) => row.ready_s),
    energy_j_per_token: over((row) => row.energy_j_per_token),
    attainment: over((row) => row.attainment),
    pooled: {
      ttft_ms: pooled(launches, "ttft_ms", tails, effective("ttft_n_eff")),
      tpot_ms: pooled(launches, "tpot_ms", true, effective("tpot_n_eff")),
      e2e_ms: pooled(launches, "e2e_ms", tails, effective("e2e_n_eff")),
    },
    verdict: worst(trials),
  };
}

/** Median, smallest and largest; null unless every launch has a value. */
export function spread(values: (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.length < values.length) return null;
  return { median: median(known), low: Math.min(...known), high: Math.max(...known) };
}

/** Of one launch's measured requests, without those sent in its start-up. */
interface Latencies {
  count: number;
  ttft_ms: number[];
  tpot_ms: number[];
  e2e_ms: number[];
}

function latenciesOf(
  requests: RunRequests,
  { trial_id, counted_from_ms }: SummaryRow,
): Latencies {
  const all = requests.get(trial_id)?.select([...TIMED_COLUMNS, "phase"]) ?? [];
  const measured = sentSince(counted_from_ms, all.filter(({ phase }) => phase === "measured"));
  const known = (metric: (request: TimedRequest) => number | null) =>
    measured.map(metric).filter((value) => value !== null);
  return {
    count: measured.length,
    ttft_ms: known(ttftMs),
    tpot_ms: known(tpotMs),
    e2e_ms: known(e2eMs),
  };
}

function pooled(
  launches: Latencies[],
  metric: "ttft_ms" | "tpot_ms" | "e2e_ms",
  tails: boolean,
  n_eff: number,
): PooledQuantiles {
  const values = launches.flatMap((latencies) => latencies[metric]);
  const carried = n_eff >= P99_EFFECTIVE &&
    launches.every(({ count }) => count >= P99_REQUESTS_A_LAUNCH);
  return {
    n: values.length,
    p50: carriedQuantile(values, 0.5),
    p90: tails ? carriedQuantile(values, 0.9) : null,
    p95: tails ? carriedQuantile(values, 0.95) : null,
    p99: carried && tails ? carriedQuantile(values, 0.99) : null,
  };
}

function worst(trials: SummaryRow[]): SummaryRow["verdict"] {
  const order = ["INVALID", "SUSPECT", "VALID"] as const;
  return order.find((verdict) => trials.some((trial) => trial.verdict === verdict))!;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
