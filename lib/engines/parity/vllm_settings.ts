/** The neutral settings in vLLM's words (help of 0.32.0 and 0.33.0), and where it tells them. */
import { readSeries } from "../prometheus_text.ts";
import {
  type EngineSettings,
  flag,
  jsonIn,
  kvDtypeIn,
  lastIn,
  onOff,
  type SelfReport,
  told,
  valueIn,
} from "./setting_rules.ts";

/** Set with `kv_tokens`, so that its count of blocks is one of tokens. */
const BLOCK_TOKENS: Record<"cuda" | "cpu", number> = { cuda: 16, cpu: 128 };

const CONFIG_INFO = "vllm:cache_config_info";

/** The CPU build takes other blocks than the GPU one. */
export function vllmSettings(device: "cuda" | "cpu"): EngineSettings {
  const block = BLOCK_TOKENS[device];
  return {
    rules: {
      context_tokens: flag("--max-model-len"),
      max_sequences: flag("--max-num-seqs"),
      batched_tokens: flag("--max-num-batched-tokens"),
      chunked_prefill: onOff("--enable-chunked-prefill", "--no-enable-chunked-prefill"),
      prefix_cache: onOff("--enable-prefix-caching", "--no-enable-prefix-caching"),
      kv_dtype: flag("--kv-cache-dtype", { bf16: "bfloat16", f16: "float16", fp8: "fp8" }),
      kv_tokens: {
        flags: (tokens) => [
          ...["--block-size", String(block)],
          ...["--num-gpu-blocks-override", String(Math.floor(tokens / block))],
        ],
        note: `in blocks of ${block} tokens`,
      },
      memory_fraction: {
        ...flag("--gpu-memory-utilization"),
        note: "of all memory of the GPU, weights and graphs included",
      },
      stream_interval: flag("--stream-interval"),
      seed: flag("--seed"),
    },
    paths: ["/metrics", "/v1/models"],
    achieved,
  };
}

function achieved(report: SelfReport) {
  const { log } = report;
  const info = readSeries(report.answers["/metrics"] ?? "", new Set([CONFIG_INFO]))[0]?.labels;
  const models = jsonIn(report, "/v1/models") as { data?: { max_model_len?: number }[] } | null;
  // One line tells the whole config as Python keywords, another what was not left to its defaults.
  const inConfig = (key: string) => lastIn(log, new RegExp(`\\b${key}=([^,\\s)]+)`));
  const asGiven = (key: string, unless?: string) =>
    lastIn(log, new RegExp(`non-default args: .*'${key}': '?([^,'}]+)`)) ??
      (/non-default args: /.test(log) ? unless : undefined);
  const kv = kvDtypeIn(info?.cache_dtype) ??
    (info?.cache_dtype === "auto" ? kvDtypeIn(inConfig("dtype")) : null);
  const metrics = "/metrics cache_config_info";
  return told({
    context_tokens: [models?.data?.[0]?.max_model_len, "/v1/models max_model_len"],
    max_sequences: [valueIn(asGiven("max_num_seqs")), "log, its arguments"],
    batched_tokens: [
      valueIn(lastIn(log, /max_num_batched_tokens=(\d+)/) ?? asGiven("max_num_batched_tokens")),
      "log, max_num_batched_tokens",
    ],
    chunked_prefill: [valueIn(inConfig("enable_chunked_prefill")), "log, its config"],
    prefix_cache: [valueIn(info?.enable_prefix_caching), metrics],
    kv_dtype: [kv, info?.cache_dtype === "auto" ? `${metrics}, auto: the model's` : metrics],
    kv_tokens: [valueIn(info?.kv_cache_size_tokens), metrics],
    memory_fraction: [valueIn(info?.gpu_memory_utilization), metrics],
    // Its default is not told as such: it is what the arguments do not name.
    stream_interval: [valueIn(asGiven("stream_interval", "1")), "log, its arguments"],
    seed: [valueIn(inConfig("seed")), "log, its config"],
  });
}
