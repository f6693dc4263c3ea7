/** How well the flags of an entry are known before its program is asked; nothing is started. */
import type { EngineEntry } from "@/config/schema.ts";
import { engineOf } from "../kinds.ts";
import { recordedFlags } from "./recorded_flags.ts";

export interface FlagsSource {
  /** `recorded`: of this very version. `near`: of source text beside it. `none`: words of another version. */
  known: "recorded" | "near" | "none";
  /** In words, e.g. `none are recorded of trtllm-serve 1.3.0rc29: …`. */
  text: string;
  /** Whether its own help is asked before a launch. */
  asked: boolean;
}

/** Null for kinds whose flags are the project's own, and for servers that run already. */
export function flagsSource(entry: EngineEntry): FlagsSource | null {
  const question = engineOf(entry.kind).help?.(entry);
  if (question === undefined || entry.kind === "external") return null;
  const { program, argv } = question;
  const named = "version" in entry ? entry.version : undefined;
  const version = named ?? question.version;
  const asked = argv !== null;
  const table = recordedFlags(program, version);
  if (table === null) {
    const text =
      `none are recorded of ${program} ${version}: those told here are words of another ` +
      "version, and a guess";
    return { known: "none", text, asked };
  }
  if (!table.exact) {
    return {
      known: "near",
      text: `a guess for ${program} ${version}: from ${table.source}`,
      asked,
    };
  }
  const own = "executable" in entry && entry.executable !== undefined && named === undefined;
  const which = `as recorded of ${program} ${version}${own ? ", if it is of that version" : ""}`;
  return { known: "recorded", text: which, asked };
}
