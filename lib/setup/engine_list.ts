/** What `list-engines` prints: each kind, whether it can run here, why, and what to do. */
import type { EngineKind } from "@/config/schema.ts";
import type { Availability } from "@/engines/engine.ts";
import { ENGINE_KINDS, engineOf } from "@/engines/kinds.ts";
import type { Device } from "@/engines/python_engines.ts";
import { vllm } from "@/engines/vllm.ts";

export interface ListedEngine extends Availability {
  kind: EngineKind;
  /** Where a kind has a build for each device, which one this is. */
  device?: Device;
  about: string;
}

/** All kinds with their availability on this machine; vLLM once for each device. */
export async function listEngines(): Promise<ListedEngine[]> {
  const listed = ENGINE_KINDS.map(async (kind) => {
    if (kind === "vllm") return await Promise.all([listVllm("cuda"), listVllm("cpu")]);
    const { about, ...engine } = engineOf(kind);
    return [{ kind, about, ...await engine.availability() }];
  });
  return (await Promise.all(listed)).flat();
}

async function listVllm(device: Device): Promise<ListedEngine> {
  const entry = { kind: "vllm" as const, device, extra_args: [], ignore_eos: true };
  const about = device === "cuda"
    ? "vLLM on an NVIDIA GPU"
    : "vLLM on this CPU (real engine, real model)";
  return { kind: "vllm", device, about, ...await vllm.availability(entry) };
}

/** The list as text, a block of at most three lines for each engine. */
export function renderEngineList(engines: ListedEngine[]): string {
  return engines.map(({ kind, device, about, available, why, what_to_do }) => {
    const name = device === undefined ? kind : `${kind} (${device})`;
    const state = available ? "available" : "not available here";
    const todo = what_to_do === "" ? "" : `\n${" ".repeat(14)}to do: ${what_to_do}`;
    return `${name.padEnd(13)} ${state}: ${why}${todo}\n${" ".repeat(14)}${about}`;
  }).join("\n");
}
