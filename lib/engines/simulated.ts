/** The simulated engine: a separate process on this CPU that only pretends to compute. */
import { join } from "node:path";
import type { EntryOf } from "@/config/schema.ts";
import { settingsOf } from "@/config/settings.ts";
import { type Engine, lengthFields, openAiBody } from "./engine.ts";
import { SIMULATED_SETTINGS } from "./parity/simulated_settings.ts";
import { translate } from "./parity/translate.ts";
import { countChatTokens, countPromptTokens } from "./simulated/tokens.ts";
import { completionPrompt, type TokenCounter } from "./tokenizer/token_counter.ts";
import { residentMemory } from "./process_memory.ts";
import {
  type MetricNames,
  SGLANG_METRICS,
  TENSORRT_LLM_METRICS,
  VLLM_METRICS,
} from "./server_metrics.ts";

const METRICS: Record<EntryOf<"simulated">["wire"], MetricNames> = {
  "vllm": VLLM_METRICS,
  "sglang": SGLANG_METRICS,
  "tensorrt-llm": TENSORRT_LLM_METRICS,
};

const SIMULATED_TOKENS: TokenCounter = {
  about: "the simulated engine's own rule",
  count: (messages, api) =>
    api === "completions"
      ? countPromptTokens(completionPrompt(messages))
      : countChatTokens(messages),
};

export const simulated: Engine<EntryOf<"simulated">> = {
  kind: "simulated",
  about: "a simulated engine that speaks the wire format of vLLM, SGLang or TensorRT-LLM",
  healthPath: "/health",
  availability: () =>
    Promise.resolve({ available: true, why: "part of this project", what_to_do: "" }),

  command(entry, config, port) {
    const server = join(import.meta.dirname!, "simulated", "serve.ts");
    const flags = {
      "--port": port,
      "--wire": entry.wire,
      "--model": this.model(entry, config),
      "--max-sequences": entry.max_sequences,
      "--prefill-ms-per-token": entry.prefill_ms_per_token,
      "--decode-ms-base": entry.decode_ms_base,
      "--decode-ms-per-sequence": entry.decode_ms_per_sequence,
      "--kv-capacity-tokens": entry.kv_capacity_tokens,
      "--seed": config.benchmark.seed,
    };
    const set = translate(SIMULATED_SETTINGS, config, entry).flags;
    const args = Object.entries(flags).filter(([flag]) => !set.includes(flag))
      .flatMap(([flag, value]) => [flag, String(value)]);
    const permissions = ["--allow-net=127.0.0.1", "--allow-read", "--allow-write", "--no-lock"];
    return {
      argv: [
        Deno.execPath(),
        "run",
        "--quiet",
        ...permissions,
        server,
        ...args,
        ...set,
        ...entry.extra_args,
      ],
    };
  },

  baseUrl: (_entry, port) => `http://127.0.0.1:${port}/v1`,
  model: (entry) => `simulated-${entry.wire}`,
  headers: () => ({}),
  tokenizer: () => ({ from: "known", counter: SIMULATED_TOKENS }),
  contextTokens: (entry, config) => settingsOf(config, entry).kv_tokens ?? entry.kv_capacity_tokens,
  memory: residentMemory,
  describe: (entry) =>
    Promise.resolve({
      version: `simulated (${entry.wire} wire format)`,
      model: "none (simulated)",
    }),

  settings: () => SIMULATED_SETTINGS,

  metrics: ({ wire }, baseUrl) => ({
    urls: [new URL("/metrics", baseUrl).href],
    names: METRICS[wire],
  }),

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ...lengthFields(entry, request),
    stream_options: { include_usage: true, continuous_usage_stats: false },
  }),
};
