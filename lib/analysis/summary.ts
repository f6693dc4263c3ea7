/** From a run's records to one row a trial. */
import { quantile } from "simple-statistics";
import { loadPointOf, startsInTurn } from "@/config/load_point.ts";
import { type PlannedTrial, plannedTrials } from "@/config/plan.ts";
import { DEFAULT_MARGINS, type Margins } from "@/config/use_case_schema.ts";
import type { UseCase } from "@/config/use_cases.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { TimeWindow, TrialRequests } from "@/records/trial_requests.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { LaunchRecord, TrialRecord } from "@/records/trial_record.ts";
import type { ImportedTrial } from "@/records/imported_trial.ts";
import { clientColumns } from "./client_columns.ts";
import { littleSides } from "./littles_law.ts";
import { tailsHold, trialGates, verdictOf } from "./gates.ts";
import { importedColumns, importedGates } from "./imported.ts";
import { conditionGates } from "./condition_gates.ts";
import { keptCounts } from "./slo.ts";
import { steadiness } from "./steady_gates.ts";
import { trialLatencies, withCarriedTails } from "./trial_latencies.ts";
import { SUMMARIZED_COLUMNS, type SummarizedRequest } from "./summarized_request.ts";
import { MEASURED_HERE, type SummaryRow } from "./summary_row.ts";
import { telemetryColumns, telemetryOf, type TrialTelemetry } from "./telemetry_summary.ts";
import { sentSince, windowFigures } from "./window.ts";

/**
 * One row for each planned trial of which anything is known, in running order. Trials of a launch that
 * failed are rows too where other launches of its entry started: a failure is an outcome of the engine.
 */
export function summarize(run: RunData): SummaryRow[] {
  const planned = plannedTrials(run.manifest.plan);
  const trials = new Map(run.trials.map((trial) => [trial.trial_id, trial]));
  const launches = new Map(run.launches.map((launch) => [launch.launch_id, launch]));
  const imported = new Map(run.manifest.imported?.map((from) => [from.trial_id, from]));
  const started = new Set(
    run.launches.filter(({ ready_s }) => ready_s !== null).map(({ entry }) => entry),
  );
  const replaced = new Set(planned.flatMap(({ repeats }) => repeats ?? []));
  const useCases = run.manifest.plan.use_cases ?? [];
  const { engines, hardware, benchmark } = run.manifest.config;
  const margins = benchmark.margins ?? DEFAULT_MARGINS;
  const failedToStart = ({ launch_id, entry }: PlannedTrial) =>
    launches.get(launch_id)?.outcome === "failed" && started.has(entry);
  const rows = planned
    .filter((trial) =>
      trials.has(trial.trial_id) || run.requests.has(trial.trial_id) || failedToStart(trial)
    )
    .map((trial) =>
      summarizeTrial(run.run_id, {
        trial,
        record: trials.get(trial.trial_id) ?? null,
        launch: launches.get(trial.launch_id) ?? null,
        requests: run.requests.get(trial.trial_id) ?? null,
        imported: imported.get(trial.trial_id) ?? null,
        calibration: run.manifest.client_check?.calibration ?? null,
        margins,
        telemetry: telemetryOf(trials.get(trial.trial_id) ?? null, run.telemetry),
        role: roleOf(trial, replaced),
        use_case: useCases.find(({ workload, slo }) => workload === trial.workload && slo) ?? null,
        shared_gpu: hardware.allow_other_tenants === true &&
          GPU_KINDS.has(engines[trial.entry]?.kind ?? ""),
      })
    );
  return withCarriedTails(rows);
}

function roleOf(trial: PlannedTrial, replaced: ReadonlySet<string>): SummaryRow["role"] {
  if (trial.probe !== undefined || trial.round !== undefined) return "search";
  return trial.block === 0 ? "warm" : replaced.has(trial.trial_id) ? "replaced" : "compared";
}

const GPU_KINDS = new Set(["vllm", "sglang", "tensorrt-llm"]);

interface TrialData {
  trial: PlannedTrial;
  record: TrialRecord | null;
  launch: LaunchRecord | null;
  /** Null where there are none. */
  requests: TrialRequests | null;
  /** Null for trials of this project. */
  imported: ImportedTrial | null;
  telemetry: TrialTelemetry;
  calibration: Calibration | null;
  margins: Margins;
  role: SummaryRow["role"];
  /** The workload's use case with an SLO. */
  use_case: UseCase | null;
  shared_gpu: boolean;
}

function summarizeTrial(
  run_id: string,
  data: TrialData,
): SummaryRow {
  const { trial, record, launch, requests, imported, telemetry, calibration, role } = data;
  const all = requests?.select([...SUMMARIZED_COLUMNS, "text_events"]) ?? [];
  const measured = all.filter(({ phase }) => phase === "measured");
  const warmup = all.filter(({ phase }) => phase === "warmup");
  const steady = steadiness(trial, record, imported ? null : requests);
  const { window: times } = steady;
  const startsLater = steady.cut_s > 0 || startsInTurn(trial.load);
  const counted_from_ms = startsLater ? times?.start_ms ?? null : null;
  // Latencies are those of the requests sent in the window.
  const counted = sentSince(counted_from_ms, measured);
  const cut_requests = measured.length - counted.length;
  const latencies = trialLatencies(counted);
  // The last warm-up requests are answered in it, since the users never stop.
  const window = times && windowFigures(all, requests?.eventsInside(times) ?? [], times);
  const windowTokens = window?.output_tokens_per_s == null
    ? null
    : window.output_tokens_per_s * window.window_s;
  const told = telemetryColumns(telemetry, times, windowTokens);
  const lags = known(measured.map(sendLagMs));
  const send_lag_ms_p99 = lags.length === 0 ? null : quantile(lags, 0.99);
  const in_flight_mean = window?.in_flight_mean ?? null;
  const { ttft_ms_p50 } = latencies;
  const cached_share = cachedShare(measured);
  const events = measured.filter((record) => record.output_tokens !== null)
    .reduce((sum, { text_events }) => sum + text_events, 0);
  const output_tokens = total(measured, "output_tokens");
  const tokens_per_event = output_tokens === null || events === 0 ? null : output_tokens / events;
  const gateInput = {
    trial,
    record,
    measured,
    cut_requests,
    warmup,
    in_flight_mean,
    send_lag_ms_p99,
    ttft_ms_p50,
    tpot_ms_p50: latencies.tpot_ms_p50,
    events_per_s: window?.output_tokens_per_s != null && tokens_per_event
      ? window.output_tokens_per_s / tokens_per_event
      : null,
    calibration,
    margins: data.margins,
    little: record?.outcome === "finished" ? littleSides(all) : null,
    server_running_mean: told.server_running_mean,
    server_samples: told.server_samples,
    content_probe: launch?.content_probe,
    launch,
  };
  const { shared_gpu } = data;
  const gates = imported ? importedGates(gateInput, imported) : [
    ...trialGates(gateInput),
    ...steady.gates,
    ...conditionGates({ cached_share, told, shared_gpu }),
  ];
  return {
    run_id,
    trial_id: trial.trial_id,
    launch_id: trial.launch_id,
    role,
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
    cached_share,
    output_tokens,
    output_tokens_per_s: window?.output_tokens_per_s ?? null,
    requests_per_s: window?.requests_per_s ?? null,
    window_s: window?.window_s ?? null,
    counted_from_ms,
    ...sloColumns(data, counted, times, cut_requests),
    in_flight_mean,
    tokens_per_event,
    send_lag_ms_p99,
    resent: record?.client?.requests_resent ?? null,
    ...told,
    ...clientColumns(record, measured),
    memory: record?.memory ?? null,
    ready_s: launch?.ready_s ?? null,
    kv_cache_tokens: launch?.told?.kv_cache_tokens ?? null,
    measured_by: imported?.measured_by ?? MEASURED_HERE,
    ...importedColumns(imported),
    ...verdictOf(gates),
    gates,
  };
}

/** A queue that grew all along makes the tail a matter of how long the trial was. */
function withoutTails(latencies: ReturnType<typeof trialLatencies>): typeof latencies {
  const tails = { ttft_ms_p90: null, ttft_ms_p99: null, e2e_ms_p90: null, e2e_ms_p99: null };
  return { ...latencies, ...tails };
}

/** The SLO's columns (method note 1.4); null without an SLO. */
function sloColumns(
  { trial, use_case, requests }: TrialData,
  measured: SummarizedRequest[],
  times: TimeWindow | null,
  cut_requests: number,
): Pick<SummaryRow, "attainment" | "slo_goodput_per_s"> {
  if (use_case === null || measured.length === 0) {
    return { attainment: null, slo_goodput_per_s: null };
  }
  const { slo, target } = use_case;
  const whole = slo!.largest_gap_ms === undefined
    ? measured
    : requests!.records().filter(({ phase, sent_ms }) =>
      phase === "measured" && (cut_requests === 0 || sent_ms >= times!.start_ms)
    );
  const kept = keptCounts(whole, { slo: slo!, target })[0]!.kept;
  const open = trial.load.mode !== "closed" && times !== null && times.end_ms > times.start_ms;
  // What a dead server was never sent is missed too.
  return {
    attainment: kept / Math.max(measured.length, trial.requests - cut_requests),
    slo_goodput_per_s: open ? kept / (times.end_ms - times.start_ms) * 1000 : null,
  };
}

function cachedShare(measured: SummarizedRequest[]): number | null {
  const told = measured.filter(({ cached_tokens }) => cached_tokens !== null);
  const [cached, prompt] = (["cached_tokens", "prompt_tokens"] as const)
    .map((key) => told.reduce((sum, record) => sum + (record[key] ?? 0), 0));
  return prompt! > 0 ? cached! / prompt! : null;
}

/** Sum of a count over the answers that have it; null when none has. */
function total(
  records: SummarizedRequest[],
  key: "prompt_tokens" | "output_tokens",
): number | null {
  const counts = known(records.map((record) => record[key]));
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

function sendLagMs({ sent_ms, scheduled_ms }: SummarizedRequest): number | null {
  return scheduled_ms === null ? null : sent_ms - scheduled_ms;
}

function known(values: (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
