/** Why a server failed, as people are told it: the cause, what to do, the end of its log. */
import type { EngineKind } from "@/config/schema.ts";
import type { FailureClass } from "@/records/trial_record.ts";
import { classify, MEANING } from "./failure_class.ts";
import { logTail, logText } from "./log_text.ts";
import { masked } from "./secrets.ts";

/** A failure as people are told it: what it was and what to do, then the end of the log. */
export interface Explained {
  message: string;
  /** Null when neither the log nor the exit tells why. */
  failure: FailureClass | null;
}

/**
 * What was noticed, preceded by its cause and what to do where they are known, with the end of the
 * log; secrets are masked. `exit` is null for a server that still runs.
 */
export function explainFailure(
  kind: EngineKind,
  noticed: string,
  exit: string | null,
  log: string,
): Explained {
  const tail = logTail(log);
  const known = classify(kind, exit, logText(log) ?? "");
  if (known === null) return { message: masked(`${noticed}${tail}`), failure: null };
  const { failure, seen, what_to_do } = known;
  const said = seen === exit ? "" : `; it said: ${shortened(seen)}`;
  const cause = `the server failed: ${MEANING[failure]}; ${what_to_do}`;
  return { message: masked(`${cause}\n  ${noticed}${said}${tail}`), failure };
}

const LONGEST_LINE = 400;

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
}
