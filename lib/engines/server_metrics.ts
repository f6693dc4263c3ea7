/** What each engine calls the things that it tells of itself, and how they are read. */
import type { ServerReading } from "@/records/telemetry.ts";
import { readSeries, type Series } from "./prometheus_text.ts";

/** Where a server's metrics are and whose names they bear. */
export interface MetricsSource {
  /** Each is asked; where two tell the same thing the first one counts. */
  urls: string[];
  names: MetricNames;
}

/** For each reading the series that make it up: all of their label sets added up. */
export type MetricNames = Partial<Record<keyof ServerReading, string[]>>;

/** vLLM 0.32 and 0.33; prefix counts are tokens. */
export const VLLM_METRICS: MetricNames = {
  running: ["vllm:num_requests_running"],
  waiting: ["vllm:num_requests_waiting"],
  kv_use: ["vllm:kv_cache_usage_perc"],
  preemptions: ["vllm:num_preemptions_total"],
  prefix_hits: ["vllm:prefix_cache_hits_total"],
  prefix_queries: ["vllm:prefix_cache_queries_total"],
  prompt_tokens: ["vllm:prompt_tokens_total"],
  generation_tokens: ["vllm:generation_tokens_total"],
  ttft_s_sum: ["vllm:time_to_first_token_seconds_sum"],
  ttft_count: ["vllm:time_to_first_token_seconds_count"],
  e2e_s_sum: ["vllm:e2e_request_latency_seconds_sum"],
  e2e_count: ["vllm:e2e_request_latency_seconds_count"],
  tpot_s_sum: ["vllm:request_time_per_output_token_seconds_sum"],
  tpot_count: ["vllm:request_time_per_output_token_seconds_count"],
};

/**
 * SGLang 0.5.23 with `--enable-metrics`; its prompt tokens include the cached ones. It tells no count
 * of preemptions: `num_retracted_reqs` is a gauge of the moment.
 */
export const SGLANG_METRICS: MetricNames = {
  running: ["sglang:num_running_reqs"],
  waiting: ["sglang:num_queue_reqs"],
  kv_use: ["sglang:token_usage"],
  prefix_hits: ["sglang:cached_tokens_total"],
  prefix_queries: ["sglang:prompt_tokens_total"],
  prompt_tokens: ["sglang:prompt_tokens_total"],
  generation_tokens: ["sglang:generation_tokens_total"],
  ttft_s_sum: ["sglang:time_to_first_token_seconds_sum"],
  ttft_count: ["sglang:time_to_first_token_seconds_count"],
  e2e_s_sum: ["sglang:e2e_request_latency_seconds_sum"],
  e2e_count: ["sglang:e2e_request_latency_seconds_count"],
  tpot_s_sum: ["sglang:request_time_per_output_token_seconds_sum"],
  tpot_count: ["sglang:request_time_per_output_token_seconds_count"],
};

/** TensorRT-LLM near 1.2.1, `trtllm_` left out; running, waiting and token counts came after it. */
export const TENSORRT_LLM_METRICS: MetricNames = {
  running: ["num_requests_running"],
  waiting: ["num_requests_waiting"],
  kv_use: ["kv_cache_utilization"],
  prompt_tokens: ["prompt_tokens_total"],
  generation_tokens: ["generation_tokens_total"],
  ttft_s_sum: ["time_to_first_token_seconds_sum"],
  ttft_count: ["time_to_first_token_seconds_count"],
  e2e_s_sum: ["e2e_request_latency_seconds_sum"],
  e2e_count: ["e2e_request_latency_seconds_count"],
  tpot_s_sum: ["time_per_output_token_seconds_sum"],
  tpot_count: ["time_per_output_token_seconds_count"],
};

/** llama.cpp; its prompt tokens leave the cached ones out, and it tells no KV use. */
export const LLAMA_CPP_METRICS: MetricNames = {
  running: ["llamacpp:requests_processing"],
  waiting: ["llamacpp:requests_deferred"],
  prefix_hits: ["llamacpp:prompt_tokens_cached_total"],
  prefix_queries: ["llamacpp:prompt_tokens_total", "llamacpp:prompt_tokens_cached_total"],
  prompt_tokens: ["llamacpp:prompt_tokens_total", "llamacpp:prompt_tokens_cached_total"],
  generation_tokens: ["llamacpp:tokens_predicted_total"],
};

/** Of a server of which only the URL is known; one server speaks only one engine's names. */
export const ANY_METRICS: MetricNames = merged([
  VLLM_METRICS,
  SGLANG_METRICS,
  TENSORRT_LLM_METRICS,
  LLAMA_CPP_METRICS,
]);

function merged(tables: MetricNames[]): MetricNames {
  const all: MetricNames = {};
  for (const table of tables) {
    for (const [key, names] of Object.entries(table) as [keyof ServerReading, string[]][]) {
      all[key] = [...all[key] ?? [], ...names];
    }
  }
  return all;
}

const NOTHING: ServerReading = {
  running: null,
  waiting: null,
  kv_use: null,
  preemptions: null,
  prefix_hits: null,
  prefix_queries: null,
  prompt_tokens: null,
  generation_tokens: null,
  ttft_s_sum: null,
  ttft_count: null,
  e2e_s_sum: null,
  e2e_count: null,
  tpot_s_sum: null,
  tpot_count: null,
};

/** What the texts of a source's URLs tell: Prometheus text, or TensorRT-LLM's list of iterations. */
export function readMetrics(texts: readonly string[], names: MetricNames): ServerReading {
  const readings = texts.map((text) =>
    text.trimStart().startsWith("[") ? iterationReading(text) : prometheusReading(text, names)
  );
  const told = { ...NOTHING };
  for (const key of Object.keys(NOTHING) as (keyof ServerReading)[]) {
    told[key] = readings.map((reading) => reading[key]).find((value) => value !== null) ?? null;
  }
  return told;
}

function prometheusReading(text: string, names: MetricNames): ServerReading {
  const series = readSeries(text, new Set(Object.values(names).flat())).filter(countsOnce);
  const reading = { ...NOTHING };
  for (const [key, wanted] of Object.entries(names) as [keyof ServerReading, string[]][]) {
    const found = series.filter(({ name }) => wanted.includes(name))
      .filter(({ labels }) => !OF_STREAMS.has(key) || labels["is_streaming"] !== "false");
    if (found.length === 0) continue;
    const sum = found.reduce((total, { value }) => total + value, 0);
    reading[key] = key === "kv_use" ? sum / found.length : sum;
  }
  return reading;
}

/** Only streamed requests are measured, and SGLang keeps the others apart. */
const OF_STREAMS: ReadonlySet<string> = new Set([
  "ttft_s_sum",
  "ttft_count",
  "e2e_s_sum",
  "e2e_count",
  "tpot_s_sum",
  "tpot_count",
]);

/** Ranks that work on the same requests tell the same; replicas (`dp_rank`, `engine`) add up. */
function countsOnce({ labels }: Series): boolean {
  return [labels["tp_rank"], labels["pp_rank"]].every((rank) => rank === undefined || rank === "0");
}

/** The newest of the iterations that TensorRT-LLM's `/metrics` hands out; reading empties the list. */
function iterationReading(text: string): ServerReading {
  try {
    const newest = (JSON.parse(text) as Record<string, unknown>[]).at(-1) ?? {};
    const kv = newest["kvCacheStats"] as Record<string, unknown> | undefined;
    const [used, most] = [count(kv?.["usedNumBlocks"]), count(kv?.["maxNumBlocks"])];
    return {
      ...NOTHING,
      running: count(newest["numActiveRequests"]),
      waiting: count(newest["numQueuedRequests"]),
      kv_use: used === null || !most ? null : used / most,
    };
  } catch {
    return NOTHING;
  }
}

function count(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
