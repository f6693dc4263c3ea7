/** From a run's records to one row a trial. */
import { quantile } from "simple-statistics";
import { loadPointOf } from "@/config/load_point.ts";
import { type PlannedTrial, plannedTrials } from "@/config/plan.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { LaunchRecord, TrialRecord } from "@/records/trial_record.ts";
import type { ImportedTrial } from "@/records/imported_trial.ts";
import { clientColumns } from "./client_columns.ts";
import { littleSides } from "./littles_law.ts";
import { tailsHold, trialGates, verdictOf } from "./gates.ts";
import { importedColumns, importedGates } from "./imported.ts";
import { carriedQuantile } from "./statistics/quantiles.ts";
import { e2eMs, tpotMs, ttftFromSendMs, ttftMs } from "./request_metrics.ts";
import { MEASURED_HERE, type SummaryRow } from "./summary_row.ts";
import { telemetryColumns, telemetryOf, type TrialTelemetry } from "./telemetry_summary.ts";
import { windowFigures } from "./window.ts";

/** One row for each planned trial of which anything is known, in running order. */
export function summarize(run: RunData): SummaryRow[] {
  const trials = new Map(run.trials.map((trial) => [trial.trial_id, trial]));
  const launches = new Map(run.launches.map((launch) => [launch.launch_id, launch]));
  const requests = Map.groupBy(run.requests, ({ trial_id }) => trial_id);
  const imported = new Map(run.manifest.imported?.map((from) => [from.trial_id, from]));
  return plannedTrials(run.manifest.plan)
    .filter(({ trial_id }) => trials.has(trial_id) || requests.has(trial_id))
    .map((trial) =>
      summarizeTrial(run.run_id, {
        trial,
        record: trials.get(trial.trial_id) ?? null,
        launch: launches.get(trial.launch_id) ?? null,
        requests: requests.get(trial.trial_id) ?? [],
        imported: imported.get(trial.trial_id) ?? null,
        calibration: run.manifest.client_check?.calibration ?? null,
        telemetry: telemetryOf(trials.get(trial.trial_id) ?? null, run.telemetry),
      })
    );
}

interface TrialData {
  trial: PlannedTrial;
  record: TrialRecord | null;
  launch: LaunchRecord | null;
  requests: RequestRecord[];
  /** Null for trials of this project. */
  imported: ImportedTrial | null;
  telemetry: TrialTelemetry;
  calibration: Calibration | null;
}

function summarizeTrial(
  run_id: string,
  { trial, record, launch, requests, imported, telemetry, calibration }: TrialData,
): SummaryRow {
  const measured = requests.filter(({ phase }) => phase === "measured");
  const warmup = requests.filter(({ phase }) => phase === "warmup");
  const latencies = latencyQuantiles(measured);
  const times = record?.window_start_ms == null || record.window_end_ms == null
    ? null
    : { start_ms: record.window_start_ms, end_ms: record.window_end_ms };
  const window = times && windowFigures(measured, times);
  const windowTokens = window?.output_tokens_per_s == null
    ? null
    : window.output_tokens_per_s * window.window_s;
  const told = telemetryColumns(telemetry, times, windowTokens);
  const lags = known(measured.map(sendLagMs));
  const send_lag_ms_p99 = lags.length === 0 ? null : quantile(lags, 0.99);
  const in_flight_mean = window?.in_flight_mean ?? null;
  const { ttft_ms_p50 } = latencies;
  const events = measured.filter((record) => record.output_tokens !== null)
    .reduce((sum, { token_ms }) => sum + token_ms.length, 0);
  const output_tokens = total(measured, "output_tokens");
  const tokens_per_event = output_tokens === null || events === 0 ? null : output_tokens / events;
  const gateInput = {
    trial,
    record,
    measured,
    warmup,
    in_flight_mean,
    send_lag_ms_p99,
    ttft_ms_p50,
    tpot_ms_p50: latencies.tpot_ms_p50,
    events_per_s: window?.output_tokens_per_s != null && tokens_per_event
      ? window.output_tokens_per_s / tokens_per_event
      : null,
    calibration,
    little: record?.outcome === "finished" ? littleSides(measured) : null,
    server_running_mean: told.server_running_mean,
    server_samples: told.server_samples,
    content_probe: launch?.content_probe,
  };
  const gates = imported ? importedGates(gateInput, imported) : trialGates(gateInput);
  return {
    run_id,
    trial_id: trial.trial_id,
    engine: trial.entry,
    kind: trial.kind,
    simulated: trial.simulated,
    workload: trial.workload,
    ...loadPointOf(trial),
    block: trial.block,
    requests: measured.length,
    failed: measured.filter(({ failure }) => failure !== null).length,
    ...(tailsHold(gates) ? latencies : withoutTails(latencies)),
    prompt_tokens: total(measured, "prompt_tokens"),
    output_tokens,
    output_tokens_per_s: window?.output_tokens_per_s ?? null,
    requests_per_s: window?.requests_per_s ?? null,
    window_s: window?.window_s ?? null,
    in_flight_mean,
    tokens_per_event,
    send_lag_ms_p99,
    resent: record?.client?.requests_resent ?? null,
    ...told,
    ...clientColumns(record, measured),
    memory: record?.memory ?? null,
    ready_s: launch?.ready_s ?? null,
    measured_by: imported?.measured_by ?? MEASURED_HERE,
    ...importedColumns(imported),
    ...verdictOf(gates),
    gates,
  };
}

/** A queue that grew all along makes the tail a matter of how long the trial was. */
function withoutTails(latencies: ReturnType<typeof latencyQuantiles>): typeof latencies {
  const tails = { ttft_ms_p90: null, ttft_ms_p99: null, e2e_ms_p90: null, e2e_ms_p99: null };
  return { ...latencies, ...tails };
}

function latencyQuantiles(measured: RequestRecord[]) {
  const ttft = known(measured.map(ttftMs));
  const tpot = known(measured.map(tpotMs));
  const e2e = known(measured.map(e2eMs));
  return {
    ttft_ms_p50: carriedQuantile(ttft, 0.5),
    ttft_ms_p90: carriedQuantile(ttft, 0.9),
    ttft_ms_p99: carriedQuantile(ttft, 0.99),
    ttft_from_send_ms_p50: carriedQuantile(known(measured.map(ttftFromSendMs)), 0.5),
    tpot_ms_p50: carriedQuantile(tpot, 0.5),
    tpot_ms_p90: carriedQuantile(tpot, 0.9),
    tpot_ms_p99: carriedQuantile(tpot, 0.99),
    e2e_ms_p50: carriedQuantile(e2e, 0.5),
    e2e_ms_p90: carriedQuantile(e2e, 0.9),
    e2e_ms_p99: carriedQuantile(e2e, 0.99),
  };
}

/** Sum of a count over the answers that have it; null when none has. */
function total(records: RequestRecord[], key: "prompt_tokens" | "output_tokens"): number | null {
  const counts = known(records.map((record) => record[key]));
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

function sendLagMs({ sent_ms, scheduled_ms }: RequestRecord): number | null {
  return scheduled_ms === null ? null : sent_ms - scheduled_ms;
}

function known(values: (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
