/** What the three GPU engines share: a program that must be found, a GPU that must be there, an OpenAI API. */
import type { Config, EngineKind, EntryOf } from "@/config/schema.ts";
import type { Availability } from "./engine.ts";
import { residentMemory } from "./process_memory.ts";
import { findProgram } from "./programs.ts";

type GpuEntry = EntryOf<"vllm" | "sglang" | "tensorrt-llm">;

/** The parts of an engine that are the same for all three; `program` is looked for on the PATH. */
export function gpuServer(kind: EngineKind, program: string) {
  return {
    availability(entry?: GpuEntry) {
      const wanted = entry?.executable ?? program;
      return gpuServerAvailability(wanted, `install ${kind} and put ${wanted} on the PATH`);
    },
    baseUrl: (_entry: GpuEntry, port: number) => `http://127.0.0.1:${port}/v1`,
    model: (_entry: GpuEntry, config: Config) => config.model.name,
    headers: () => ({}),
    memory: residentMemory,
    describe: (entry: GpuEntry, config: Config) =>
      Promise.resolve({
        version: `${kind} ${entry.version ?? "of unknown version"}`,
        model: config.model.name,
      }),
  };
}

/** Whether there is a GPU and `program`; `installing` says how to get the program. */
export async function gpuServerAvailability(
  program: string,
  installing: string,
): Promise<Availability> {
  const missing = [
    await nvidiaGpu() === null ? "no NVIDIA GPU" : null,
    await findProgram(program) === null ? `no ${program} on the PATH` : null,
  ].filter((item) => item !== null);
  if (missing.length === 0) return { available: true, why: `${program} found`, what_to_do: "" };
  return {
    available: false,
    why: missing.join(", "),
    what_to_do: `on a GPU machine, ${installing}`,
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
