/**
 * Every metric once: its column name, label, unit, direction and definition. Tables, axes, the
 * glossary and `summary` take them from here. Definitions follow method note 1.2.
 */
export interface Metric {
  /** Column name; the unit is in it. */
  name: string;
  label: string;
  unit: string;
  better: "lower" | "higher" | "neither";
  decimals: number;
  definition: string;
}

export const METRICS = {
  ttft_ms: metric(
    "ttft_ms",
    "TTFT",
    "ms",
    "lower",
    1,
    "time to first token: from the scheduled start to the first event with text; a role-only or empty event is no token",
  ),
  ttft_from_send_ms: metric(
    "ttft_from_send_ms",
    "TTFT from send",
    "ms",
    "lower",
    1,
    "the same, from the moment the request was really sent",
  ),
  tpot_ms: metric(
    "tpot_ms",
    "TPOT",
    "ms",
    "lower",
    2,
    "time per output token of one request: (last token − first token) / (N − 1), N from usage, N ≥ 2",
  ),
  e2e_ms: metric(
    "e2e_ms",
    "End-to-end latency",
    "ms",
    "lower",
    0,
    "from the scheduled start to the last token",
  ),
  output_tokens_per_s: metric(
    "output_tokens_per_s",
    "Output throughput",
    "tok/s",
    "higher",
    1,
    "output tokens that arrived in the window / length of the window; each event carries N/K tokens",
  ),
  requests_per_s: metric(
    "requests_per_s",
    "Request throughput",
    "req/s",
    "higher",
    2,
    "successful requests that ended in the window / length of the window",
  ),
  attainment: metric(
    "attainment",
    "SLO attainment",
    "share",
    "higher",
    3,
    "measured requests that kept every limit of the workload's SLO / all measured requests, failures included",
  ),
  slo_goodput_per_s: metric(
    "slo_goodput_per_s",
    "SLO goodput",
    "req/s",
    "higher",
    2,
    "requests that kept every limit of the SLO / length of the window; none in a closed loop",
  ),
  max_load_per_s: metric(
    "max_load_per_s",
    "Largest load under the SLO",
    "req/s",
    "higher",
    2,
    "offered rate at which a launch's attainment, made monotone over its rates, falls below the target",
  ),
  memory_bytes: metric(
    "memory_bytes",
    "Memory",
    "MiB",
    "neither",
    0,
    "what the engine says it uses; the label beside it says what the number is",
  ),
  ready_s: metric(
    "ready_s",
    "Start-up",
    "s",
    "lower",
    2,
    "from the start of the server's process to its first real completion",
  ),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

function metric(
  name: string,
  label: string,
  unit: string,
  better: Metric["better"],
  decimals: number,
  definition: string,
): Metric {
  return { name, label, unit, better, decimals, definition };
}
