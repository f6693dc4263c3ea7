/** The metrics by which entries are compared: in words, direction, and whose margin counts. */
import type { Margins, PrimaryMetric } from "@/config/use_case_schema.ts";
import { type MetricName, METRICS } from "./metrics.ts";

export type ComparedMetric = PrimaryMetric;

export interface ComparedMetricInfo {
  /** As it starts a label, e.g. `TTFT p50`. */
  label: string;
  /** Inside a sentence, e.g. `median TTFT`. */
  words: string;
  better: "higher" | "lower";
  margin: keyof Margins;
  /** How a value of it is written. */
  unit: string;
  decimals: number;
}

/** By column name. */
export const COMPARED: Record<ComparedMetric, ComparedMetricInfo> = {
  output_tokens_per_s: rate("output_tokens_per_s", "output throughput"),
  requests_per_s: rate("requests_per_s", "request throughput"),
  ttft_ms_p50: latency("ttft_ms", "p50", "median TTFT", "ttft_percent"),
  ttft_ms_p90: latency("ttft_ms", "p90", "p90 TTFT", "ttft_percent"),
  ttft_ms_p99: latency("ttft_ms", "p99", "p99 TTFT", "ttft_percent"),
  tpot_ms_p50: latency("tpot_ms", "p50", "median TPOT", "tpot_percent"),
  tpot_ms_p90: latency("tpot_ms", "p90", "p90 TPOT", "tpot_percent"),
  tpot_ms_p99: latency("tpot_ms", "p99", "p99 TPOT", "tpot_percent"),
  e2e_ms_p50: latency("e2e_ms", "p50", "median end-to-end latency", "ttft_percent"),
  e2e_ms_p90: latency("e2e_ms", "p90", "p90 end-to-end latency", "ttft_percent"),
  e2e_ms_p99: latency("e2e_ms", "p99", "p99 end-to-end latency", "ttft_percent"),
  slo_goodput_per_s: rate("slo_goodput_per_s", "SLO goodput"),
  max_load_per_s: rate("max_load_per_s", "largest load under the SLO"),
};

/** Compared in every study; others only where a use case has them as its primary metric. */
export const ALWAYS_COMPARED = ["output_tokens_per_s", "ttft_ms_p50", "tpot_ms_p50"] as const;

function rate(name: MetricName, words: string): ComparedMetricInfo {
  const { label, unit, decimals } = METRICS[name];
  return { label, words, better: "higher", margin: "throughput_percent", unit, decimals };
}

function latency(
  name: MetricName,
  percentile: string,
  words: string,
  margin: keyof Margins,
): ComparedMetricInfo {
  const { label, unit, decimals } = METRICS[name];
  return { label: `${label} ${percentile}`, words, better: "lower", margin, unit, decimals };
}
