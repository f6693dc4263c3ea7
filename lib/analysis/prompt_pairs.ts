/** Whether two trials asked the same things, by what the servers counted. */
import type { TrialRequests } from "@/records/trial_requests.ts";

export interface PromptPair {
  /** Prompts that both counted, and those with another count. */
  shared: number;
  different: number;
  /** The first of those, in words; empty where there is none. */
  example: string;
}

const NOTHING: PromptPair = { shared: 0, different: 0, example: "" };
/** Every metric asks for the same pairs. */
const known = new WeakMap<TrialRequests, Map<TrialRequests, PromptPair>>();

/** By the request's place in the trial: all entries of a block are asked the same things. */
export function promptPair(
  of: TrialRequests | undefined,
  other: TrialRequests | undefined,
): PromptPair {
  if (of === undefined || other === undefined) return NOTHING;
  const before = known.get(of)?.get(other);
  if (before !== undefined) return before;
  const found = compared(of, other);
  known.set(of, (known.get(of) ?? new Map()).set(other, found));
  return found;
}

function compared(of: TrialRequests, other: TrialRequests): PromptPair {
  const there = new Map(countsOf(other).map((each) => [each.request_index, each]));
  const pair = { ...NOTHING };
  for (const { request_index, prompt_id, prompt_tokens } of countsOf(of)) {
    const same = there.get(request_index);
    if (same === undefined || same.prompt_id !== prompt_id) continue;
    pair.shared++;
    if (same.prompt_tokens === prompt_tokens) continue;
    pair.different++;
    pair.example ||=
      `, e.g. ${prompt_id} (request ${request_index}): ${prompt_tokens} against ${same.prompt_tokens}`;
  }
  return pair;
}

function countsOf(requests: TrialRequests) {
  return requests.select(["phase", "request_index", "prompt_id", "prompt_tokens"])
    .filter(({ phase, prompt_tokens }) => phase === "measured" && prompt_tokens !== null);
}
