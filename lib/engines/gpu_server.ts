/** What the three GPU engines share: a program that must be found, and a GPU that must be there. */
import type { EngineKind } from "@/config/schema.ts";
import type { Availability } from "./engine.ts";
import { findProgram } from "./programs.ts";

/** Available when `program` is on the PATH and an NVIDIA GPU answers. */
export async function gpuServerAvailability(
  kind: EngineKind,
  program: string,
): Promise<Availability> {
  const missing = [
    await nvidiaGpu() === null ? "no NVIDIA GPU" : null,
    await findProgram(program) === null ? `no ${program} on the PATH` : null,
  ].filter((item) => item !== null);
  if (missing.length === 0) return { available: true, why: `${program} found`, what_to_do: "" };
  return {
    available: false,
    why: missing.join(", "),
    what_to_do: `on a GPU machine, install ${kind} and put ${program} on the PATH`,
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
