/** What vLLM, SGLang and TensorRT-LLM share: an environment or a program, a GPU, an OpenAI API. */
import type { Config, EntryOf } from "@/config/schema.ts";
import { settingsOf } from "@/config/settings.ts";
import type { Availability } from "./engine.ts";
import { describeModel, servedModel } from "./model_files.ts";
import { residentMemoryOfTree } from "./process_memory.ts";
import { findProgram } from "./programs.ts";
import { flagNumber, modelContext } from "./tokenizer/context_tokens.ts";
import type { TokenizerSource } from "./tokenizer/token_counter.ts";
import {
  environmentVersion,
  installedProgram,
  installedVersions,
  type PythonEngine,
  pythonEngine,
  type PythonKind,
} from "./python_engines.ts";
import { versionOnPath } from "./version_on_path.ts";

export type GpuEntry = EntryOf<PythonKind>;

/** The parts of an engine that are the same for all three. */
export function gpuServer(kind: PythonKind) {
  return {
    availability: (entry?: GpuEntry) => gpuServerAvailability(kind, entry),
    baseUrl: (_entry: GpuEntry, port: number) => `http://127.0.0.1:${port}/v1`,
    model: (_entry: GpuEntry, config: Config) => config.model.name,
    headers: () => ({}),
    tokenizer: modelTokenizer,
    memory: residentMemoryOfTree,
    describe: async (entry: GpuEntry, config: Config) => ({
      version: await versionOf(entry),
      model: await describeModel(config),
    }),
  };
}

/** The folder that is served, else the server, which gets the model from the hub. */
function modelTokenizer({ kind, tokenizer }: GpuEntry, config: Config): TokenizerSource {
  const { source, local } = servedModel(config);
  if (tokenizer !== undefined) return { from: "folder", folder: tokenizer };
  if (local) return { from: "folder", folder: source };
  // It has no endpoint that counts.
  return kind === "tensorrt-llm"
    ? {
      from: "none",
      why: `the tokenizer of ${config.model.name} is not on this machine`,
      what_to_do: "set `tokenizer` to a folder with its tokenizer.json and tokenizer_config.json",
    }
    : { from: "server" };
}

/** The context that a flag of the entry sets, else the model's own if its folder is here. */
export function contextOf(
  entry: GpuEntry,
  config: Config,
  flags: readonly string[],
): number | null {
  const { source, local } = servedModel(config);
  return flagNumber(entry.extra_args, flags) ?? settingsOf(config, entry).context_tokens ??
    (local ? modelContext(source) : null);
}

/** What the entry names, else what `setup` installed, else the program of that name on the PATH. */
export function programOf(entry: GpuEntry): string {
  const engine = pythonEngine(entry);
  return entry.executable ?? installedProgram(engine) ?? engine.program;
}

/** As the environment tells it; a program from elsewhere has the version that the config gives it. */
async function versionOf(entry: GpuEntry): Promise<string> {
  const told = entry.executable === undefined
    ? await environmentVersion(pythonEngine(entry))
    : null;
  return told ?? `${entry.kind} ${entry.version ?? "of unknown version"}`;
}

/** Whether there is a GPU, and the program or environment that the entry means; without an entry the default one. */
export async function gpuServerAvailability(
  kind: PythonKind,
  entry: Partial<GpuEntry> & { device?: "cuda" | "cpu" } = {},
): Promise<Availability> {
  const engine = pythonEngine({ ...entry, kind });
  const found = await findServer(engine, entry);
  const gpuless = engine.device === "cuda" && await nvidiaGpu() === null;
  const missing = [
    gpuless ? "no NVIDIA GPU" : null,
    "missing" in found ? found.missing : null,
  ].filter((item) => item !== null);
  if (missing.length === 0 && "found" in found) {
    return { available: true, why: found.found, what_to_do: "" };
  }
  const where = gpuless ? "on a GPU machine, " : "";
  const what_to_do = "missing" in found ? where + found.what_to_do : "use a GPU machine";
  return { available: false, why: missing.join(", "), what_to_do };
}

type Found = { found: string } | { missing: string; what_to_do: string };

async function findServer(
  engine: PythonEngine,
  { executable, version }: { executable?: string | undefined; version?: string | undefined },
): Promise<Found> {
  const { kind, device, program, wheel } = engine;
  if (executable !== undefined) {
    if (await findProgram(executable) !== null) return { found: `${executable} found` };
    return { missing: `no ${executable}`, what_to_do: "correct `executable`" };
  }
  if (installedProgram(engine) !== null) {
    return { found: `${wheel} ${engine.version} in the engine cache` };
  }
  const others = installedVersions(engine);
  const has = others.length === 0 ? "" : ` (installed: ${others.join(", ")})`;
  if (version !== undefined) {
    const there = device === "cuda" ? await versionOnPath(engine) : null;
    if (there === version) return { found: `${program} ${version} found` };
    const other = there === null ? "" : `; ${program} on the PATH is ${there}`;
    return {
      missing: `${wheel} ${version} is not installed${has}${other}`,
      what_to_do: "deno task setup --config with this config, or set `executable`",
    };
  }
  const setup = `deno task setup --engine ${kind}${kind === "vllm" ? ` --device ${device}` : ""}`;
  if (device === "cpu") return { missing: `not installed yet${has}`, what_to_do: setup };
  const onPath = await findProgram(program);
  if (onPath !== null) return { found: `${program} found` };
  return {
    missing: `no ${program} on the PATH${has}`,
    what_to_do: `${setup}, or put ${program} on the PATH`,
  };
}

/** Name of the first NVIDIA GPU; null without one. */
export async function nvidiaGpu(): Promise<string | null> {
  if (await findProgram("nvidia-smi") === null) return null;
  const args = ["--query-gpu=name", "--format=csv,noheader"];
  const { success, stdout } = await new Deno.Command("nvidia-smi", { args, stderr: "null" })
    .output();
  const name = new TextDecoder().decode(stdout).split("\n")[0]?.trim();
  return success && name ? name : null;
}
