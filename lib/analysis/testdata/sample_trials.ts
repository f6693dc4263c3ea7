/** Invented trials and rows for tests of the analysis; a test changes what it is about. */
import { clientColumns } from "../client_columns.ts";
import type { SummaryRow } from "@/analysis/summary_row.ts";
import { closedPoint } from "@/config/load_point.ts";
import type { PlannedTrial } from "@/config/plan.ts";

/** Ten users, 100 requests after 20 to warm up, four tokens each. */
export function planned(changes: Partial<PlannedTrial> = {}): PlannedTrial {
  return {
    trial_id: "b1-a-prompts-c10",
    launch_id: "b1-a",
    entry: "a",
    kind: "llama-cpp",
    simulated: false,
    workload: "prompts",
    load: { mode: "closed", concurrency: changes.concurrency ?? 10 },
    concurrency: 10,
    block: 1,
    requests: 100,
    warmup_requests: 20,
    max_tokens: 4,
    output_length: "fixed",
    ignore_eos: true,
    prompt_seed: 1,
    ...changes,
  };
}

/** A VALID trial of entry `a` at ten users in block 1. */
export function row(changes: Partial<SummaryRow> = {}): SummaryRow {
  const { engine = "a", block = 1, concurrency = 10, workload = "prompts" } = changes;
  return {
    run_id: "run",
    trial_id: `b${block}-${engine}-${workload}-c${concurrency}`,
    launch_id: `b${block}-${engine}`,
    role: "compared",
    engine,
    kind: "llama-cpp",
    simulated: false,
    workload,
    ...closedPoint(concurrency ?? 10),
    block,
    requests: 100,
    failed: 0,
    ttft_ms_p50: 100,
    ttft_ms_p90: 150,
    ttft_ms_p99: null,
    ttft_from_send_ms_p50: 99,
    tpot_ms_p50: 10,
    tpot_ms_p90: 12,
    tpot_ms_p99: null,
    e2e_ms_p50: 130,
    e2e_ms_p90: 190,
    e2e_ms_p99: null,
    ttft_n_eff: 100,
    tpot_n_eff: 100,
    e2e_n_eff: 100,
    prompt_tokens: 1200,
    cached_share: null,
    output_tokens: 400,
    output_tokens_per_s: 300,
    requests_per_s: 75,
    window_s: 1.3,
    counted_from_ms: null,
    attainment: null,
    slo_goodput_per_s: null,
    in_flight_mean: 10,
    tokens_per_event: 1,
    send_lag_ms_p99: 0.2,
    server_samples: 0,
    server_running_mean: null,
    server_waiting_mean: null,
    kv_use_peak: null,
    preemptions: null,
    prefix_hit_share: null,
    power_w_mean: null,
    energy_j_per_token: null,
    sm_clock_mhz_median: null,
    throttled_share: null,
    power_capped_share: null,
    ...clientColumns(null, []),
    resent: 0,
    memory: null,
    measured_by: "this project",
    ready_s: 0.5,
    kv_cache_tokens: null,
    verdict: "VALID",
    reasons: [],
    gates: [],
    ...changes,
  };
}
