/** What a trial's answers tell of its prompts: were they as long as asked, and were they new. */
import type { PlannedTrial } from "@/config/plan.ts";
import { reusesPrefixes } from "@/config/workload_schema.ts";
import type { SummarizedRequest } from "./summarized_request.ts";
import type { TrialRecord } from "@/records/trial_record.ts";
import type { Gate } from "./summary_row.ts";

export interface PromptGateInput {
  trial: PlannedTrial;
  record: TrialRecord | null;
  measured: readonly SummarizedRequest[];
}

/** The gates that apply: none where no lengths were asked for and no server tells what it had cached. */
export function promptGates(input: PromptGateInput): Gate[] {
  return [promptTokensAsAsked(input), cacheCold(input)].filter((gate) => gate !== null);
}

/**
 * The server counts each prompt as the client did. One token more or less hardly changes a time, but
 * says that something stands in the prompts that was not asked for, such as another chat template.
 */
function promptTokensAsAsked({ measured }: PromptGateInput): Gate | null {
  const counted = measured.filter(({ asked_prompt_tokens, prompt_tokens }) =>
    (asked_prompt_tokens ?? null) !== null && prompt_tokens !== null
  );
  if (counted.length === 0) return null;
  const off = counted.map(({ asked_prompt_tokens, prompt_tokens }) =>
    Math.abs(prompt_tokens! - asked_prompt_tokens!)
  ).filter((tokens) => tokens > 0);
  const most = off.reduce((largest, tokens) => Math.max(largest, tokens), 0);
  return {
    gate: "prompt_tokens_as_asked",
    value: `${off.length} of ${counted.length} differ${
      off.length === 0 ? "" : `, by up to ${most} tokens`
    }`,
    limit: "0 differ",
    pass: off.length === 0,
    cause: "plan",
    fails_to: "SUSPECT",
  };
}

/** Random texts may begin with the same few words; a cache block is longer than this. */
const CHANCE_TOKENS = 8;

/**
 * Where a workload is not about reuse, a cache may only have answered for what its prompts must share:
 * the chat template. Where the template's length is not known, it is at most that of the shortest prompt.
 */
function cacheCold({ trial, record, measured }: PromptGateInput): Gate | null {
  if (reusesPrefixes(trial.workload_kind ?? "prompts")) return null;
  const told = measured.filter(({ cached_tokens }) => cached_tokens !== null);
  if (told.length === 0) return null;
  const template = record?.template_tokens;
  const shortest = told.reduce(
    (least, { prompt_tokens }) => Math.min(least, prompt_tokens ?? Infinity),
    Infinity,
  );
  const limit = template === undefined ? shortest - 1 : template + CHANCE_TOKENS;
  const warm = told.filter(({ cached_tokens }) => cached_tokens! > Math.max(0, limit));
  const most = told.reduce((largest, { cached_tokens }) => Math.max(largest, cached_tokens!), 0);
  return {
    gate: "cache_cold",
    value:
      `${warm.length} of ${told.length} prompts found in the server's cache, most ${most} tokens`,
    limit: template === undefined
      ? `0 with more than the shortest prompt has, ${limit} tokens`
      : `0 with more than the chat template and chance explain, ${limit} tokens`,
    pass: warm.length === 0,
    cause: "server",
    fails_to: "SUSPECT",
  };
}
