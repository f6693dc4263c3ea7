/**
 * The neutral settings in the words of TensorRT-LLM near 1.2.1 (source near that release). What has no
 * flag goes into its options file, which wins over flags.
 */
import {
  type EngineSettings,
  flag,
  lastIn,
  onOff,
  type SelfReport,
  told,
  valueIn,
} from "./setting_rules.ts";

const KV_WORDS = { bf16: "bfloat16", f16: "float16", fp8: "fp8" } as const;

export const TENSORRT_LLM_SETTINGS: EngineSettings = {
  rules: {
    context_tokens: flag("--max_seq_len"),
    max_sequences: flag("--max_batch_size"),
    batched_tokens: flag("--max_num_tokens"),
    chunked_prefill: onOff("--enable_chunked_prefill", null),
    prefix_cache: { options: (on) => ({ kv_cache_config: { enable_block_reuse: on } }) },
    kv_dtype: { options: (dtype) => ({ kv_cache_config: { dtype: KV_WORDS[dtype] } }) },
    kv_tokens: {
      options: (max_tokens) => ({ kv_cache_config: { max_tokens } }),
      note: "an upper bound; memory may allow less",
    },
    memory_fraction: {
      ...flag("--free_gpu_memory_fraction"),
      note: "of what is free after the weights",
    },
    stream_interval: { options: (stream_interval) => ({ stream_interval }) },
    seed: { cannot: "it takes a seed with each request only" },
  },
  paths: [],
  achieved,
};

/** Only its log was read, of a nearby version; no endpoint of 1.2.1 is known to tell its settings. */
function achieved({ log }: SelfReport) {
  const inLog = (name: string) => valueIn(lastIn(log, new RegExp(`\\b${name}=(\\d+)`)));
  return told({
    context_tokens: [inLog("max_seq_len"), "log, max_seq_len"],
    max_sequences: [inLog("max_num_requests"), "log, max_num_requests"],
    batched_tokens: [inLog("max_num_tokens"), "log, max_num_tokens"],
    kv_tokens: [
      valueIn(lastIn(log, /GiB for max tokens in paged KV cache \((\d+)\)/)),
      "log, paged KV cache",
    ],
  });
}
