/** Tables of flags that were recorded from engines, for where a program cannot be asked itself. */
import { join } from "node:path";
import type { FlagTable } from "./flag_table.ts";

/** One file in `recorded/` each. */
export const RECORDED = [
  { program: "vllm", version: "0.33.0" },
  { program: "vllm", version: "0.32.0" },
  { program: "sglang", version: "0.5.23" },
  { program: "trtllm-serve", version: "1.2.1" },
] as const;

export type FlagsProgram = typeof RECORDED[number]["program"];

/** The recorded table of that program and version; null if there is none. */
export function recordedFlags(program: FlagsProgram, version: string): FlagTable | null {
  const known = RECORDED.some((each) => each.program === program && each.version === version);
  if (!known) return null;
  const near = program === "trtllm-serve" ? "near-" : "";
  const path = join(import.meta.dirname!, "recorded", `${program}-${near}${version}.json`);
  return JSON.parse(Deno.readTextFileSync(path)) as FlagTable;
}
