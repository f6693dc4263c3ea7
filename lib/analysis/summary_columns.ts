/** Every column of `summary`: stable names with their units, each with what it is. */
import { type MetricName, METRICS } from "./metrics.ts";
import type { SummaryRow } from "./summary_row.ts";

export interface SummaryColumn {
  type: "text" | "number" | "boolean";
  /** Null for names, labels and counts. */
  unit: string | null;
  definition: string;
}

/** A row as CSV and Parquet have it: memory taken apart, reasons joined, gates left out. */
export type FlatRow = Omit<SummaryRow, "memory" | "reasons" | "gates"> & {
  memory_bytes: number | null;
  memory_peak_bytes: number | null;
  memory_label: string | null;
  reasons: string;
};

const LATENCIES = { ttft_ms: "TTFT", tpot_ms: "TPOT", e2e_ms: "end-to-end latency" } as const;

/** In the order of the file. */
export const SUMMARY_COLUMNS: Record<keyof FlatRow, SummaryColumn> = {
  run_id: text("name of the run folder"),
  trial_id: text("name of the trial, unique in its run"),
  launch_id: text("name of the server launch that it ran on"),
  role: text(
    "compared, warm (block 0), replaced (measured again) or search (one look of a search)",
  ),
  engine: text("name of the entry in the config"),
  kind: text("kind of engine"),
  simulated: { type: "boolean", unit: null, definition: "whether the engine is a simulated one" },
  workload: text("name of the workload"),
  load: text("the load in words, e.g. `closed 8`, `poisson 4/s`"),
  load_family: text("the load without its level; levels of one family share an axis"),
  concurrency: count("users of a closed loop; empty in an open one"),
  offered_requests_per_s: number("req/s", "planned rate of an open loop; empty in a closed one"),
  block: count("block of fresh launches; 0 fills caches"),
  requests: count("measured requests sent, failed ones included"),
  failed: count("failed ones among them; in latencies they are infinitely slow"),
  ...quantiles("ttft_ms"),
  ttft_from_send_ms_p50: metric("ttft_from_send_ms", "median: "),
  ...quantiles("tpot_ms"),
  ...quantiles("e2e_ms"),
  ttft_n_eff: count("effective sample size of the TTFTs (Geyer's initial positive sequence)"),
  tpot_n_eff: count("the same of the TPOTs"),
  e2e_n_eff: count("the same of the end-to-end latencies"),
  prompt_tokens: count("prompt tokens of all answers, by the server's usage"),
  cached_share: number("share", "part of them that the answers call cached"),
  output_tokens: count("output tokens of all answers, by the server's usage"),
  output_tokens_per_s: metric("output_tokens_per_s"),
  requests_per_s: metric("requests_per_s"),
  window_s: number("s", "length of the window"),
  counted_from_ms: number(
    "ms",
    "requests sent before (start-up, a ramp of users) count in no latency; empty if none",
  ),
  attainment: metric("attainment"),
  slo_goodput_per_s: metric("slo_goodput_per_s"),
  in_flight_mean: number("requests", "time-weighted mean of requests in flight over the window"),
  tokens_per_event: number("tokens", "output tokens for each event with text"),
  send_lag_ms_p99: number("ms", "p99 of the time from a request's schedule to its sending"),
  resent: count("requests sent twice, since the server had closed the connection"),
  canary_requests: count("streams of known truth sent beside the load"),
  canary_ttft_error_ms_p50: number("ms", "how wrong the client's TTFT was on them, median"),
  canary_ttft_error_ms_p99: number("ms", "the same, p99"),
  canary_tpot_error_share_p50: number("share", "how wrong its TPOT was, of the true TPOT, median"),
  canary_tpot_error_share_p99: number("share", "the same, p99"),
  canary_server_late_ms_p99: number("ms", "lateness of the known-truth server, no client's error"),
  event_loop_lag_ms_p99: number("ms", "p99 of how late the client's timers fired"),
  event_loop_lag_ms_max: number("ms", "largest of them"),
  client_cpu_share: number("share", "CPU time of the client, of one core"),
  gc_pauses: count("garbage collections of the client in the window"),
  gc_pause_ms_total: number("ms", "their time, together"),
  gc_pause_ms_max: number("ms", "the longest of them"),
  events_per_read: number("events", "server-sent events for each read of a socket"),
  connections_reopened: count("connections that the client had to open again"),
  steal_share: number("share", "CPU time that the hypervisor took, of the whole machine"),
  tcp_retransmits: count("TCP segments sent again in the window, by the whole machine"),
  server_samples: count("scrapes of the server's metrics in the window"),
  server_running_mean: number("requests", "mean over them of the requests that the server ran"),
  server_waiting_mean: number("requests", "mean over them of the requests that waited in it"),
  kv_use_peak: number("share", "largest part of the KV cache in use"),
  preemptions: count("requests that the server set back to make room"),
  prefix_hit_share: number("share", "part of the prompt tokens found in the prefix cache"),
  power_w_mean: number("W", "mean power of the GPUs that the server used, together"),
  energy_j_per_token: number("J", "energy of the window for each output token in it"),
  sm_clock_mhz_median: number("MHz", "median SM clock of those GPUs"),
  throttled_share: number("share", "samples slowed by heat, hardware or a power brake"),
  power_capped_share: number("share", "samples slowed by the power limit"),
  memory_bytes: number("bytes", "what the engine says it uses; memory_label says what that is"),
  memory_peak_bytes: number("bytes", "the largest such value"),
  memory_label: text("what the memory is"),
  ready_s: metric("ready_s"),
  kv_cache_tokens: count("capacity of the KV cache as the server's log told it"),
  measured_by: text("this project, or the tool whose result file was imported"),
  verdict: text("VALID, SUSPECT (used, with doubt) or INVALID (never compared)"),
  reasons: text("each failed gate with its value and limit"),
};

/** The row without nesting, its columns in the order of the table. */
export function flatRow({ memory, reasons, gates: _, ...row }: SummaryRow): FlatRow {
  const flat: FlatRow = {
    ...row,
    memory_bytes: memory?.bytes ?? null,
    memory_peak_bytes: memory?.peak_bytes ?? null,
    memory_label: memory?.label ?? null,
    reasons: reasons.join("; "),
  };
  const names = Object.keys(SUMMARY_COLUMNS) as (keyof FlatRow)[];
  return Object.fromEntries(names.map((name) => [name, flat[name]])) as unknown as FlatRow;
}

/** The table of columns as Markdown. */
export function columnsTable(): string {
  const rows = Object.entries(SUMMARY_COLUMNS).map(([name, { unit, definition }]) =>
    `| \`${name}\` | ${unit ?? ""} | ${definition} |`
  );
  return ["| Column | Unit | What it is |", "| :--- | :--- | :--- |", ...rows].join("\n");
}

function text(definition: string): SummaryColumn {
  return { type: "text", unit: null, definition };
}

function count(definition: string): SummaryColumn {
  return { type: "number", unit: null, definition };
}

function number(unit: string, definition: string): SummaryColumn {
  return { type: "number", unit, definition };
}

function metric(name: MetricName, prefix = ""): SummaryColumn {
  const { unit, definition } = METRICS[name];
  return number(unit, prefix + definition);
}

function quantiles<M extends keyof typeof LATENCIES>(
  name: M,
): Record<`${M}_p50` | `${M}_p90` | `${M}_p99`, SummaryColumn> {
  const { unit, definition } = METRICS[name];
  const of = LATENCIES[name];
  const columns: [string, string][] = [
    ["p50", `median ${of}: ${definition}`],
    ["p90", `90th percentile of the ${of}; from 36 requests on`],
    ["p99", `99th percentile of the ${of}; from 100 requests a launch and 368 effective ones on`],
  ];
  return Object.fromEntries(
    columns.map(([p, what]) => [`${name}_${p}`, number(unit, what)]),
  ) as ReturnType<typeof quantiles<M>>;
}
