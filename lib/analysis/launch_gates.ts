/** What a trial's launch says of it: whether it started, and whether it talks sense. */
import { coresOf } from "@/config/cores.ts";
import { type ContentProbe, contentSeen } from "@/records/startup_record.ts";
import type { FailureClass, LaunchRecord } from "@/records/trial_record.ts";
import type { Gate } from "./summary_row.ts";

/** Starts that fail for these reasons tell of the machine and the set-up, not of the engine. */
const ENVIRONMENT: ReadonlySet<FailureClass | null> = new Set([
  "port_in_use",
  "program_not_found",
  "access_denied",
  "model_not_found",
  "model_damaged",
  "gpu_busy",
  "no_gpu",
  "disk_full",
  "import_error",
  "no_compiler",
]);

/** In place of the gate `finished` where the server never became ready. */
export function notStarted({ error, failure }: LaunchRecord): Gate {
  return {
    gate: "finished",
    value: `the server did not start: ${(error ?? "no cause was recorded").split("\n", 1)[0]}`,
    limit: "all planned requests sent",
    pass: false,
    cause: ENVIRONMENT.has(failure) ? "environment" : "server",
    fails_to: "INVALID",
  };
}

/** The answers to the probe before the launch's first trial have the form of text. */
export function content(probe: ContentProbe): Gate {
  return {
    gate: "content",
    value: contentSeen(probe),
    limit: "every answer to the content probe is text, none empty, repeated or failed",
    pass: probe.verdict === "text",
    cause: "server",
    fails_to: "SUSPECT",
  };
}

/** Every thread of the server was allowed on its cores only; what is not told passes and says so. */
export function pinned({ asked, seen }: NonNullable<LaunchRecord["server_cores"]>): Gate {
  const allowed = new Set(coresOf(asked));
  const stray = coresOf(seen ?? undefined).filter((core) => !allowed.has(core));
  return {
    gate: "pinning",
    value: seen === null ? "not told" : `threads may run on cores ${seen}`,
    limit: `cores ${asked}`,
    pass: stray.length === 0,
    cause: "environment",
    fails_to: "SUSPECT",
  };
}
