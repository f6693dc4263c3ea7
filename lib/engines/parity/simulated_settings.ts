/** The neutral settings of which the simulated engine knows something; it has no memory to equalise. */
import { type EngineSettings, flag } from "./setting_rules.ts";

const NOTHING = { cannot: "it only pretends to compute" } as const;

export const SIMULATED_SETTINGS: EngineSettings = {
  rules: {
    context_tokens: NOTHING,
    max_sequences: flag("--max-sequences"),
    batched_tokens: NOTHING,
    chunked_prefill: NOTHING,
    prefix_cache: { ...NOTHING, always: false },
    kv_dtype: NOTHING,
    kv_tokens: flag("--kv-capacity-tokens"),
    memory_fraction: NOTHING,
    stream_interval: { ...NOTHING, always: 1 },
    seed: flag("--seed"),
  },
  paths: [],
  achieved: () => ({}),
};
