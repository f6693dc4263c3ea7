/** What `list-engines` prints: each kind, whether it can run here, why, and what to do. */
import type { EngineKind } from "@/config/schema.ts";
import type { Availability } from "@/engines/engine.ts";
import { ENGINE_KINDS, engineOf } from "@/engines/kinds.ts";

export interface ListedEngine extends Availability {
  kind: EngineKind;
  about: string;
}

/** All kinds with their availability on this machine. */
export async function listEngines(): Promise<ListedEngine[]> {
  return await Promise.all(ENGINE_KINDS.map(async (kind) => {
    const { about, ...engine } = engineOf(kind);
    return { kind, about, ...await engine.availability() };
  }));
}

/** The list as text, a block of at most three lines for each kind. */
export function renderEngineList(engines: ListedEngine[]): string {
  return engines.map(({ kind, about, available, why, what_to_do }) => {
    const state = available ? "available" : "not available here";
    const todo = what_to_do === "" ? "" : `\n${" ".repeat(14)}to do: ${what_to_do}`;
    return `${kind.padEnd(13)} ${state}: ${why}${todo}\n${" ".repeat(14)}${about}`;
  }).join("\n");
}
