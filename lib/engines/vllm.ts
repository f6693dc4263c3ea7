/**
 * vLLM: its command line and its requests, on an NVIDIA GPU or on the CPU. On a GPU it has not
 * been run yet by this project.
 */
import type { Config, EntryOf } from "@/config/schema.ts";
import { exists } from "./cache.ts";
import { type Engine, lengthFields, openAiBody } from "./engine.ts";
import { contextOf, gpuServer, gpuServerAvailability, programOf } from "./gpu_server.ts";
import { translate } from "./parity/translate.ts";
import { vllmSettings } from "./parity/vllm_settings.ts";
import { servedModel, smolLm2Bf16Origin } from "./model_files.ts";
import { VLLM_METRICS } from "./server_metrics.ts";
import { pythonEngine } from "./python_engines.ts";
import { requestTimesDeparture, requestTimesFlags } from "./vllm_request_times.ts";

type Entry = EntryOf<"vllm">;

export const vllm: Engine<Entry> = {
  ...gpuServer("vllm"),
  kind: "vllm",
  about: "vLLM on an NVIDIA GPU or on this CPU",
  healthPath: "/health",

  async availability(entry) {
    const told = await gpuServerAvailability("vllm", entry);
    if (entry?.device !== "cpu" || entry.executable !== undefined) return told;
    const sizes = " (2.8 GB to download, 6 GB on disk)";
    if (!told.available) return { ...told, what_to_do: told.what_to_do + sizes };
    if (entry.version !== undefined || await exists(smolLm2Bf16Origin())) return told;
    const what_to_do = `deno task setup --engine vllm --device cpu${sizes}`;
    return { available: false, why: "its small model is not there yet", what_to_do };
  },

  command(entry, config, port) {
    const { source, revision, local } = servedModel(config);
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const names = [source, ...revision, "--served-model-name", this.model(entry, config)];
    const { flags } = translate(vllmSettings(entry.device), config, entry);
    const own = [...names, ...address, ...flags, ...requestTimesFlags(entry)];
    const argv = [programOf(entry), "serve", ...own, ...entry.extra_args];
    const env = {
      ...readyTimeout(config),
      ...(entry.device === "cpu" ? cpuEnv(entry) : {}),
      ...(local ? { HF_HUB_OFFLINE: "1" } : {}),
    };
    return { argv, env };
  },

  settings: (entry) => ({ ...vllmSettings(entry.device), besides: requestTimesDeparture(entry) }),

  contextTokens: (entry, config) =>
    contextOf(entry, config, ["--max-model-len", "--max_model_len"]),

  metrics: (_entry, baseUrl) => ({
    urls: [new URL("/metrics", baseUrl).href],
    names: VLLM_METRICS,
  }),

  help: (entry) => ({
    argv: [programOf(entry), "serve", "--help=all"],
    grammar: "vllm",
    program: "vllm",
    distributions: [pythonEngine(entry).wheel, "vllm"],
    version: pythonEngine(entry).version,
  }),

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ...lengthFields(entry, request),
  }),
};

/** `nobind` leaves the cores to `server_cores`; else vLLM would choose cores of its own. */
function cpuEnv({ threads }: Entry): Record<string, string> {
  return {
    OMP_NUM_THREADS: String(threads ?? 1),
    VLLM_CPU_OMP_THREADS_BIND: "nobind",
    VLLM_NO_USAGE_STATS: "1",
  };
}

/** It gives itself up after 600 s, which a cold start from a slow disk exceeds; the study's limit counts. */
function readyTimeout({ benchmark }: Config): Record<string, string> {
  const name = "VLLM_ENGINE_READY_TIMEOUT_S";
  return Deno.env.has(name) ? {} : { [name]: String(Math.ceil(benchmark.start_timeout_s)) };
}
