/** Whether vLLM is asked to put its own times on each answer, to hold the client's against them. */
import type { EntryOf } from "@/config/schema.ts";
import { recordedFlags } from "./flags/recorded_flags.ts";
import type { Departure } from "./parity/setting_rules.ts";
import { installedProgram, pythonEngine } from "./python_engines.ts";

/** Adds `metrics` to the chunk with the usage, and changes nothing before it (vLLM 0.32.0, its serving code). */
const FLAG = "--enable-per-request-metrics";

/** What `extra_args` say of it, in any spelling; and what it cannot be had with. */
const SAID = /^--(no-|disable-|enable-)*(per-request-metrics|log-stats)/;

/**
 * The flag, where the version is one that was recorded with it and `extra_args` leave the question
 * open; none for a program of unknown version, which a flag that it does not know would end.
 */
export function requestTimesFlags(entry: EntryOf<"vllm">): string[] {
  const version = knownVersion(entry);
  const known = version === null ? null : recordedFlags("vllm", version);
  const takes = known?.flags.some(({ names }) => names.includes(FLAG)) ?? false;
  const said = entry.extra_args.some((argument) => SAID.test(argument.replaceAll("_", "-")));
  return takes && !said ? [FLAG] : [];
}

/** It as parity lists it: no other engine is told anything like it. */
export function requestTimesDeparture(entry: EntryOf<"vllm">): Departure[] {
  const why =
    "asked by the project: its own times come with the last chunk of each answer, and are " +
    "compared with the client's; --no-enable-per-request-metrics in `extra_args` leaves it out";
  return requestTimesFlags(entry).map((what) => ({ what, why }));
}

function knownVersion(entry: EntryOf<"vllm">): string | null {
  if (entry.version !== undefined) return entry.version;
  const engine = pythonEngine(entry);
  const installed = entry.executable === undefined && installedProgram(engine) !== null;
  return installed ? engine.version : null;
}
