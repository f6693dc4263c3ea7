/** Why a server failed: the first rule of `failure_class_rules.ts` that its log and its exit meet. */
import type { EngineKind } from "@/config/schema.ts";
import type { FailureClass } from "@/records/trial_record.ts";
import { type Rule, RULES } from "./failure_class_rules.ts";

export interface Failure {
  failure: FailureClass;
  /** The line of the log that it rests on; how the process ended where no line does. */
  seen: string;
  what_to_do: string;
}

/** What each class means, as the beginning of a sentence that `what_to_do` ends. */
export const MEANING: Record<FailureClass, string> = {
  port_in_use: "its port is in use",
  program_not_found: "its program cannot be found",
  bad_flag: "it does not take a flag or setting that it was given",
  access_denied: "it may not read the model",
  model_not_found: "it cannot find the model",
  model_damaged: "the model's file is damaged or incomplete",
  no_tokenizer: "it cannot load the model's tokenizer",
  unsupported_quantisation: "it does not support this quantisation",
  unsupported_model: "it does not support this model",
  context_too_long: "the context asked for is longer than the model's own",
  capture_failed: "capturing CUDA graphs failed",
  gpu_busy: "something else holds the GPU's memory",
  kv_too_small: "too little memory is left for the KV cache",
  out_of_memory: "it ran out of memory",
  no_gpu: "it finds no GPU",
  disk_full: "the disk is full",
  gpu_communication: "its processes could not talk to each other",
  warmup_failed: "its own first request failed",
  start_timeout: "it gave itself up, since its start took too long",
  import_error: "its installation is incomplete",
  no_compiler: "it builds kernels at its start and lacks a tool for that",
  engine_core_died: "its engine process died",
  child_died: "one of its processes died",
  killed: "something killed it with signal 9",
  crashed: "it crashed",
};

/**
 * Why a server of `kind` failed. `exit` is how it ended by itself (`exit 0`, …), null while it runs
 * or if this program stopped it; `log` is its output, or the end of it. Null when no rule is met.
 */
export function classify(kind: EngineKind, exit: string | null, log: string): Failure | null {
  const met = firstRule(kind, exit, log);
  if (met === null) return null;
  const { rule: { failure, what_to_do }, seen } = met;
  return { failure, seen, what_to_do };
}

/** The rule that `classify` goes by, and what it was met by. */
export function firstRule(
  kind: EngineKind,
  exit: string | null,
  log: string,
): { rule: Rule; seen: string } | null {
  const text = withoutColours(log);
  const lines = text.split(/[\r\n]+/);
  for (const rule of RULES) {
    if (!rule.kinds.includes(kind)) continue;
    if (rule.exit && !rule.exit.test(exit ?? "")) continue;
    if (rule.whole && !rule.whole.test(text)) continue;
    const { line } = rule;
    const seen = line ? lines.findLast((candidate) => line.test(candidate)) : exit;
    if (seen != null) return { rule, seen: seen.trim() };
  }
  return null;
}

function withoutColours(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\x1b\[[0-9;]*m/g, "");
}
