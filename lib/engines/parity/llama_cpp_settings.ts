/** The neutral settings in the words of this project's llama.cpp server, and where it tells them. */
import { type EngineSettings, flag, jsonIn, type SelfReport, told } from "./setting_rules.ts";

export const LLAMA_CPP_SETTINGS: EngineSettings = {
  rules: {
    context_tokens: flag("--context-tokens"),
    max_sequences: flag("--slots"),
    batched_tokens: flag("--batched-tokens"),
    chunked_prefill: {
      cannot: "it always computes prompts in pieces of batched_tokens",
      always: true,
    },
    prefix_cache: { cannot: "this project always sends `cache_prompt: false`", always: false },
    kv_dtype: {
      flags: (dtype) => dtype === "fp8" ? [] : ["--kv-dtype", dtype],
      impossible: (dtype) => dtype === "fp8" ? "it has no fp8 cache" : null,
    },
    kv_tokens: { cannot: "its cache is max_sequences × context_tokens" },
    memory_fraction: { cannot: "on a CPU it allocates what its cache needs" },
    stream_interval: { cannot: "it sends each token", always: 1 },
    seed: flag("--seed"),
  },
  paths: ["/props"],
  achieved,
};

interface Props {
  total_slots?: number;
  default_generation_settings?: { n_ctx?: number; params?: { seed?: number } };
}

function achieved(report: SelfReport) {
  const props = (jsonIn(report, "/props") ?? {}) as Props;
  const { n_ctx, params } = props.default_generation_settings ?? {};
  const { total_slots } = props;
  const capacity = n_ctx !== undefined && total_slots !== undefined ? n_ctx * total_slots : null;
  return told({
    context_tokens: [n_ctx, "/props n_ctx"],
    max_sequences: [total_slots, "/props total_slots"],
    kv_tokens: [capacity, "/props, slots × n_ctx"],
    seed: [params?.seed, "/props seed"],
  });
}
