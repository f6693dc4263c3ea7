/** Why a server failed, as people are told it: the cause, what to do, the end of its log. */
import { cutText } from "@/config/cut_text.ts";
import type { EngineKind } from "@/config/schema.ts";
import type { FailureClass } from "@/records/trial_record.ts";
import { classify, type Failure, MEANING } from "./failure_class.ts";
import { logTail, logText } from "./log_text.ts";
import type { OomKill } from "./oom_kills.ts";
import { masked } from "./secrets.ts";

/** A failure as people are told it: what it was and what to do, then the end of the log. */
export interface Explained {
  message: string;
  /** Null when neither the log nor the exit tells why. */
  failure: FailureClass | null;
}

/**
 * What was noticed, preceded by its cause and what to do where they are known, with the end of the
 * log; secrets are masked. `exit` is null for a server that still runs; `oom` tells what the kernel
 * killed for want of memory since its launch, null for nothing.
 */
export function explainFailure(
  kind: EngineKind,
  noticed: string,
  exit: string | null,
  log: string,
  oom: OomKill | null = null,
): Explained {
  const tail = logTail(log);
  const known = outOfMemory(classify(kind, exit, logText(log) ?? ""), exit, oom);
  if (known === null) return { message: masked(`${noticed}${tail}`), failure: null };
  const { failure, seen, what_to_do } = known;
  const said = seen === exit || seen === "" ? "" : `; it said: ${cutText(seen, LONGEST_LINE)}`;
  const cause = `the server failed: ${MEANING[failure]}; ${what_to_do}`;
  return { message: masked(`${cause}\n  ${noticed}${said}${tail}`), failure };
}

/** Failures that name only who died, so that the kernel's word about why goes before them. */
const DEATHS: readonly FailureClass[] = ["killed", "engine_core_died", "child_died"];

function outOfMemory(
  known: Failure | null,
  exit: string | null,
  oom: OomKill | null,
): Failure | null {
  const dead = known === null
    // One that has not ended may wait for a child that was killed, if it was a child of its own.
    ? exit === null ? oom?.of === "group" : exit !== "exit 0"
    : DEATHS.includes(known.failure);
  if (oom === null || !dead) return known;
  const help = "serve a smaller model, lower what its caches may hold, or give machine or " +
    "container more memory";
  return {
    failure: "out_of_memory",
    seen: known?.seen ?? exit ?? "",
    what_to_do: `${oom.told}; ${help}`,
  };
}

const LONGEST_LINE = 400;
