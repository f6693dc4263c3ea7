/** What a setup may be asked for, as parts that are installed one after the other. */
import type { Config, EngineEntry } from "@/config/schema.ts";
import { nvidiaGpu } from "@/engines/gpu_server.ts";
import { SMOLLM2 } from "@/engines/llama_cpp.ts";
import { bundled, isFolder } from "@/engines/model_files.ts";
import { type Device, type PythonEngine, pythonEngine } from "@/engines/python_engines.ts";
import { versionOnPath } from "@/engines/version_on_path.ts";
import { bf16ModelSteps } from "./bf16_model.ts";
import { hubModelSteps } from "./hub_model.ts";
import type { Step } from "./install.ts";
import { llamaCppSteps } from "./llama_cpp_setup.ts";
import { SetupError } from "./python.ts";
import { pythonEngineSteps } from "./python_engine_setup.ts";
import { imageSteps, tensorrtLlmSteps } from "./tensorrt_llm_setup.ts";

export interface Part {
  name: string;
  /** Of `--all`: the study that it is for does without it, so that it may fail where it cannot be had. */
  optional?: true;
  /** Its steps in order; asking for them may ask the hub, and throw `SetupError`. */
  steps(): Promise<Step[]>;
}

export const SETUP_ENGINES = ["llama-cpp", "vllm", "sglang", "tensorrt-llm"] as const;
export type SetupEngine = typeof SETUP_ENGINES[number];

/** One engine, with the small model where it comes with one. */
export function enginePart(engine: SetupEngine, device: Device): Part {
  if (engine === "llama-cpp") return llamaCppPart();
  if (engine === "tensorrt-llm") return tensorrtLlmPart(undefined);
  const build = pythonEngine({ kind: engine, device });
  const part = environmentPart(build);
  if (device !== "cpu") return part;
  return { ...part, steps: async () => [...await part.steps(), ...bf16ModelSteps(build)] };
}

/**
 * Every kind of engine that this machine can run: for its GPU, with all that `study` needs there, or for
 * its CPU where it has none. On a GPU an engine that the study does not have is optional.
 */
export async function allParts(study: Config): Promise<Part[]> {
  if (await nvidiaGpu() === null) return [llamaCppPart(), enginePart("vllm", "cpu")];
  const needed = configParts(study);
  const names = new Set(needed.map(({ name }) => name));
  const others = [
    llamaCppPart(),
    enginePart("vllm", "cuda"),
    enginePart("sglang", "cuda"),
    tensorrtLlmPart(undefined),
  ].filter(({ name }) => !names.has(name)).map((part) => ({ ...part, optional: true as const }));
  return [...needed, ...others];
}

/** A model of the hub, as `ORGANISATION/NAME` or with `@` and a branch, tag or commit. */
export function modelPart(id: string, revision?: string): Part {
  const name = revision === undefined ? id : `${id}@${revision}`;
  return { name, steps: () => hubModelSteps(id, revision) };
}

/** What the entries of a config need, each once: engines at their versions, then the model. */
export function configParts(config: Config): Part[] {
  const entries = Object.values(config.engines);
  const engines = entries.flatMap((entry) => entryPart(entry) ?? []);
  return [
    ...new Map([...engines, ...modelParts(config)].map((part) => [part.name, part])).values(),
  ];
}

/** Null for an entry that needs nothing of the engine cache. */
function entryPart(entry: EngineEntry): Part | null {
  if (entry.kind === "llama-cpp") return llamaCppPart();
  if (entry.kind === "external" || entry.kind === "simulated") return null;
  if (entry.executable !== undefined) return null;
  if (entry.kind !== "tensorrt-llm") return environmentPart(pythonEngine(entry));
  const { docker_image, version } = entry;
  if (docker_image === undefined) return tensorrtLlmPart(version);
  return {
    name: docker_image,
    steps: () => Promise.resolve().then(() => imageSteps(docker_image)),
  };
}

function modelParts(config: Config): Part[] {
  const { name, revision } = config.model;
  const readers = Object.values(config.engines).filter(({ kind }) =>
    kind === "vllm" || kind === "sglang" || kind === "tensorrt-llm"
  );
  if (readers.length === 0 || isFolder(name)) return [];
  if (!bundled(config)) return [modelPart(name, revision)];
  return [{ name: `${SMOLLM2.name} in BF16`, steps: () => smallModelSteps(readers) }];
}

/** The small model is made with the tools of an environment that is installed for one of the entries. */
function smallModelSteps(readers: EngineEntry[]): Promise<Step[]> {
  const [engine] = readers.flatMap((entry): PythonEngine[] =>
    (entry.kind === "vllm" || entry.kind === "sglang") && entry.executable === undefined
      ? [pythonEngine(entry)]
      : []
  );
  if (engine !== undefined) return Promise.resolve(bf16ModelSteps(engine));
  return Promise.reject(
    new SetupError(
      `${SMOLLM2.name} in BF16 is made with the tools of an environment of vLLM or SGLang, and the ` +
        "config has none; run deno task setup --engine vllm first",
    ),
  );
}

const llamaCppPart = (): Part => ({
  name: "llama-cpp",
  steps: () => Promise.resolve(llamaCppSteps()),
});

const environmentPart = (engine: PythonEngine): Part => ({
  name: `${engine.kind} ${engine.version} ${engine.device}`,
  steps: () => Promise.resolve(pythonEngineSteps(engine)),
});

/** Nothing where the program on the PATH is of that version, as in NVIDIA's own image. */
const tensorrtLlmPart = (version: string | undefined): Part => ({
  name: ["tensorrt-llm", version].filter(Boolean).join(" "),
  async steps() {
    const engine = pythonEngine({ kind: "tensorrt-llm", version });
    return await versionOnPath(engine) === engine.version ? [] : tensorrtLlmSteps(version);
  },
});
