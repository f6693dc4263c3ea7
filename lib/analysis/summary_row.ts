/** The rows that figures, report, notebooks and `summary` work on. Undefined is null, never zero. */
import type { LoadPoint } from "@/config/load_point.ts";
import type { MemoryReading } from "@/records/trial_record.ts";
import type { ClientColumns } from "./client_columns.ts";
import type { TelemetryColumns } from "./telemetry_summary.ts";

/** Who measured the trials of this project's own runs. */
export const MEASURED_HERE = "this project";

/** One check of one trial, as data. */
export interface Gate {
  gate: string;
  value: number | string | null;
  limit: string;
  pass: boolean;
  /** Who is to blame when it fails: `server` is an outcome of that engine, the others are not. */
  cause: "client" | "environment" | "server" | "plan";
  /** What a failed gate makes of the trial. */
  fails_to: "SUSPECT" | "INVALID";
}

/** One row a trial. Column names are stable. */
export interface SummaryRow extends LoadPoint, TelemetryColumns, ClientColumns {
  run_id: string;
  trial_id: string;
  launch_id: string;
  /** `warm`: block 0, never compared. `replaced`: measured again, since client or environment spoilt it. `search`: one look of a search, which depends on others, or one round of a candidate. */
  role: "compared" | "warm" | "replaced" | "search";
  /** Name of the engine entry. */
  engine: string;
  kind: string;
  simulated: boolean;
  workload: string;
  block: number;
  /** Measured requests sent, failed ones included. */
  requests: number;
  failed: number;
  ttft_ms_p50: number | null;
  ttft_ms_p90: number | null;
  ttft_ms_p99: number | null;
  ttft_from_send_ms_p50: number | null;
  tpot_ms_p50: number | null;
  tpot_ms_p90: number | null;
  tpot_ms_p99: number | null;
  e2e_ms_p50: number | null;
  e2e_ms_p90: number | null;
  e2e_ms_p99: number | null;
  /** How many independent requests stand behind the quantiles (Geyer's sequence, in send order). */
  ttft_n_eff: number | null;
  tpot_n_eff: number | null;
  e2e_n_eff: number | null;
  prompt_tokens: number | null;
  /** Share of the prompt tokens that the answers call cached; null where they do not say. */
  cached_share: number | null;
  output_tokens: number | null;
  output_tokens_per_s: number | null;
  requests_per_s: number | null;
  window_s: number | null;
  /** On the trial's clock: requests sent before are start-up and in no latency; null where none were left out. */
  counted_from_ms: number | null;
  /** Share of the measured requests that kept every limit of the workload's SLO, failures included. */
  attainment: number | null;
  /** Requests a second that kept every limit; null in a closed loop. */
  slo_goodput_per_s: number | null;
  /** Time-weighted mean of requests in flight over the window. */
  in_flight_mean: number | null;
  /** Output tokens for each event with text; 1 means one event a token. */
  tokens_per_event: number | null;
  send_lag_ms_p99: number | null;
  /** Requests that were sent twice, since the server had closed the socket; null where not counted. */
  resent: number | null;
  memory: MemoryReading | null;
  ready_s: number | null;
  /** Capacity of the KV cache as the server's log told it. */
  kv_cache_tokens: number | null;
  /** `MEASURED_HERE`, or the tool whose result file was imported. */
  measured_by: string;
  verdict: "VALID" | "SUSPECT" | "INVALID";
  reasons: string[];
  gates: Gate[];
}

/** One entry × workload × load, over its launches. */
export interface LevelRow extends LoadPoint {
  engine: string;
  kind: string;
  simulated: boolean;
  workload: string;
  launches: number;
  /** As in the trials. */
  measured_by: string;
  requests: number;
  failed: number;
  /** Median over launches of each launch's own quantile, with the smallest and largest launch. */
  ttft_ms_p50: Spread | null;
  ttft_ms_p90: Spread | null;
  tpot_ms_p50: Spread | null;
  tpot_ms_p90: Spread | null;
  e2e_ms_p50: Spread | null;
  e2e_ms_p90: Spread | null;
  output_tokens_per_s: Spread | null;
  memory_bytes: Spread | null;
  memory_label: string | null;
  ready_s: Spread | null;
  energy_j_per_token: Spread | null;
  attainment: Spread | null;
  /** Quantiles of all launches' requests together; p99 only where 368 requests stand behind it. */
  pooled: { ttft_ms: PooledQuantiles; tpot_ms: PooledQuantiles; e2e_ms: PooledQuantiles };
  /** Worst verdict of the trials behind this row, and how many of each. */
  verdict: SummaryRow["verdict"];
}

export interface Spread {
  median: number;
  low: number;
  high: number;
}

export interface PooledQuantiles {
  n: number;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
}
