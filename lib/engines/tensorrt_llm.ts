/**
 * TensorRT-LLM: its command line and its requests, from a program or from a container image. Not
 * run on a GPU yet by this project.
 */
import { basename, join } from "node:path";
import type { Config, EntryOf } from "@/config/schema.ts";
import {
  containerCommand,
  containerMemory,
  type ContainerRuntime,
  containerRuntime,
  hasImage,
} from "./container.ts";
import {
  type Availability,
  type Command,
  type Engine,
  lengthFields,
  openAiBody,
} from "./engine.ts";
import { contextOf, gpuServer, gpuServerAvailability, nvidiaGpu, programOf } from "./gpu_server.ts";
import { describeModel, servedModel } from "./model_files.ts";
import { optionsFile } from "./options_file.ts";
import { TENSORRT_LLM_SETTINGS } from "./parity/tensorrt_llm_settings.ts";
import { translate } from "./parity/translate.ts";
import { installedProgram, pythonEngine } from "./python_engines.ts";
import { TENSORRT_LLM_METRICS } from "./server_metrics.ts";
import { chosenImage } from "./tensorrt_llm_image.ts";

type Entry = EntryOf<"tensorrt-llm">;

const SHARED = gpuServer("tensorrt-llm");

export const tensorrtLlm: Engine<Entry> = {
  ...SHARED,
  kind: "tensorrt-llm",
  about: "TensorRT-LLM on an NVIDIA GPU, from a container or an environment",
  healthPath: "/health",
  memory: containerMemory,

  async availability(entry) {
    const image = imageOf(entry);
    if (image === null) return await gpuServerAvailability("tensorrt-llm", entry);
    return await imageAvailability(image);
  },

  command(entry, config, port) {
    const image = imageOf(entry);
    if (image !== null) return inContainer(image, entry, config, port);
    const { source, revision, local } = servedModel(config);
    const { flags, files } = toldSettings(entry, config);
    const own = [...revision, ...flags];
    const argv = [programOf(entry), ...serveArgs(entry, source, own, "127.0.0.1", port)];
    return { argv, ...(local ? { env: { HF_HUB_OFFLINE: "1" } } : {}), ...files };
  },

  settings: () => TENSORRT_LLM_SETTINGS,

  // It has no flag for its name: a folder is served under the folder's own.
  model(_entry, config) {
    const { source, local } = servedModel(config);
    return local ? basename(source) : config.model.name;
  },

  contextTokens: (entry, config) => contextOf(entry, config, ["--max_seq_len"]),

  // Prometheus text with `return_perf_metrics`, iterations as JSON with `enable_iter_perf_stats`.
  metrics: (_entry, baseUrl) => ({
    urls: ["/prometheus/metrics", "/metrics"].map((path) => new URL(path, baseUrl).href),
    names: TENSORRT_LLM_METRICS,
  }),

  help: (entry) => ({
    argv: imageOf(entry) === null ? [programOf(entry), "serve", "--help"] : null,
    grammar: "click",
    program: "trtllm-serve",
    distributions: ["tensorrt_llm"],
    version: pythonEngine(entry).version,
  }),

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ...lengthFields(entry, request),
    // Its default may be usage on every chunk, which costs the server time.
    stream_options: { include_usage: true, continuous_usage_stats: false },
  }),

  async describe(entry, config) {
    const image = imageOf(entry);
    if (image === null) return await SHARED.describe(entry, config);
    return { version: `tensorrt-llm, image ${image}`, model: await describeModel(config) };
  },
};

/** The image that serves; null where a program does, which goes before what `setup` fetched. */
function imageOf(entry: Partial<Entry> = {}): string | null {
  if (entry.executable !== undefined) return null;
  if (entry.docker_image !== undefined) return entry.docker_image;
  const { version } = entry;
  const engine = pythonEngine({ kind: "tensorrt-llm", version });
  return installedProgram(engine) !== null ? null : chosenImage(version);
}

function serveArgs(
  entry: Entry,
  source: string,
  own: string[],
  host: string,
  port: number,
): string[] {
  const address = ["--host", host, "--port", String(port)];
  return ["serve", source, ...own, ...address, ...entry.extra_args];
}

/** Flags, and the file that the last of them names; in a container it lies elsewhere. */
function toldSettings(entry: Entry, config: Config, inside?: string) {
  const { flags, options } = translate(TENSORRT_LLM_SETTINGS, config, entry);
  if (Object.keys(options).length === 0) return { flags, files: {} };
  const file = optionsFile(options);
  return { flags: [...flags, "--config", inside ?? file.path], files: { files: [file] } };
}

/** In it the server listens on all addresses; outside, its port is published on 127.0.0.1 only. */
function inContainer(image: string, entry: Entry, config: Config, port: number): Command {
  const { source, revision, local } = servedModel(config);
  const inside = local ? `/models/${basename(source)}` : source;
  const { flags, files } = toldSettings(entry, config, OPTIONS_INSIDE);
  const mounted = (files.files ?? []).map(({ path }) => ({ from: path, to: OPTIONS_INSIDE }));
  const own = [...revision, ...flags];
  const command = containerCommand({
    runtime: needsRuntime(),
    image,
    port,
    argv: ["trtllm-serve", ...serveArgs(entry, inside, own, "0.0.0.0", port)],
    mounts: [
      local ? { from: source, to: inside } : { ...hubCache(), writable: true },
      ...mounted,
    ],
    env: { ...(local ? { HF_HUB_OFFLINE: "1" } : { HF_HOME: hubCache().to }), ...entry.env },
    passedOn: local ? [] : ["HF_TOKEN", "HF_ENDPOINT"].filter((name) => Deno.env.has(name)),
  });
  return { ...command, ...files };
}

const OPTIONS_INSIDE = "/options.yaml";

/** The hub client's own cache, for a model that `setup` did not download. */
function hubCache() {
  const home = Deno.env.get("HOME") ?? "/root";
  const from = Deno.env.get("HF_HOME") ?? join(home, ".cache", "huggingface");
  return { from, to: "/huggingface" };
}

function needsRuntime(): ContainerRuntime {
  const runtime = containerRuntime();
  if (runtime !== null) return runtime;
  throw new Error("no container engine: neither `docker info` nor `podman info` answers");
}

async function imageAvailability(image: string): Promise<Availability> {
  const runtime = containerRuntime();
  const missing = [
    await nvidiaGpu() === null ? "no NVIDIA GPU" : null,
    runtime === null
      ? "no container engine: neither `docker info` nor `podman info` answers"
      : null,
    runtime !== null && !hasImage(runtime, image) ? `${image} is not on this machine` : null,
  ].filter((item) => item !== null);
  if (missing.length === 0) {
    return { available: true, why: `${image} through ${runtime}`, what_to_do: "" };
  }
  const what_to_do = runtime === null
    ? "on a GPU machine, start docker or podman, or leave `docker_image` out and run " +
      "deno task setup --engine tensorrt-llm"
    : `on a GPU machine, ${runtime} pull ${image}, or deno task setup --config with this config`;
  return { available: false, why: missing.join(", "), what_to_do };
}
