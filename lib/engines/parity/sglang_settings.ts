/** The neutral settings in SGLang's words (help of 0.5.23), and where it tells them. */
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

/** What switches its chunked prefill off. */
const NO_CHUNKS = "-1";

export const SGLANG_SETTINGS: EngineSettings = {
  rules: {
    context_tokens: flag("--context-length"),
    max_sequences: flag("--max-running-requests"),
    batched_tokens: {
      flags: (tokens, { chunked_prefill }) =>
        chunked_prefill === false
          ? ["--max-prefill-tokens", String(tokens)]
          : ["--chunked-prefill-size", String(tokens)],
      note: "bounds the prompts of a step, not the answers beside them",
    },
    // With it, `batched_tokens` sets the size of the pieces.
    chunked_prefill: { flags: (on) => on ? [] : ["--chunked-prefill-size", NO_CHUNKS] },
    prefix_cache: onOff(null, "--disable-radix-cache"),
    kv_dtype: {
      flags: (dtype) => dtype === "f16" ? [] : ["--kv-cache-dtype", KV_WORDS[dtype]],
      impossible: (dtype) => dtype === "f16" ? "it has f16 only where the model has" : null,
    },
    kv_tokens: { ...flag("--max-total-tokens"), note: "an upper bound; memory may allow less" },
    memory_fraction: {
      ...flag("--mem-fraction-static"),
      note: "of the GPU's memory for weights and KV cache, without graphs and activations",
    },
    stream_interval: flag("--stream-interval"),
    seed: flag("--random-seed"),
  },
  paths: ["/server_info"],
  achieved,
};

const KV_WORDS = { bf16: "bf16", fp8: "fp8_e4m3" } as const;

interface ServerInfo {
  internal_states?: { memory_usage?: { token_capacity?: number } }[];
  [argument: string]: unknown;
}

function achieved(report: SelfReport) {
  const info = (jsonIn(report, "/server_info") ?? {}) as ServerInfo;
  const of = (key: string) => info[key] == null ? null : valueIn(String(info[key]));
  const chunk = of("chunked_prefill_size");
  const dtype = String(info.kv_cache_dtype ?? "");
  const inLog = (pattern: RegExp) => valueIn(lastIn(report.log, pattern));
  const path = "/server_info";
  return told({
    context_tokens: [
      inLog(/\bcontext_len=(\d+)/) ?? of("context_length"),
      "log, context_len",
    ],
    max_sequences: [of("max_running_requests"), path],
    batched_tokens: [chunk === -1 ? of("max_prefill_tokens") : chunk, path],
    chunked_prefill: [typeof chunk === "number" ? chunk > 0 : null, path],
    prefix_cache: [
      typeof info.disable_radix_cache === "boolean" ? !info.disable_radix_cache : null,
      path,
    ],
    // The pool's own line knows what `auto` became.
    kv_dtype: [
      kvDtypeIn(dtype) ?? kvDtypeIn(lastIn(report.log, /KV Cache is allocated\. dtype: (\S+?),/)),
      kvDtypeIn(dtype) === null ? "log, KV Cache is allocated" : path,
    ],
    kv_tokens: [
      info.internal_states?.[0]?.memory_usage?.token_capacity ??
        inLog(/\bmax_total_num_tokens=(\d+)/),
      `${path} token_capacity`,
    ],
    memory_fraction: [of("mem_fraction_static"), path],
    stream_interval: [of("stream_interval"), path],
    seed: [of("random_seed"), path],
  });
}
