/** What is asked: the seeded list of requests of one trial. Pure. */
import type { Arrival, ArrivalList } from "@/config/arrivals/arrival.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import { randomFrom, shuffled } from "@/config/seeds.ts";

/** One request before an engine puts it into its own words. */
export interface WorkloadRequest {
  prompt_id: string;
  messages: Prompt["messages"];
  max_tokens: number;
  /** Tokens that its prompt was made to take; absent where nobody asked for a length. */
  asked_prompt_tokens?: number;
  /** Its place in a conversation, from 0; its messages are the user's in that turn. */
  turn?: { conversation: number; turn: number };
}

/** Each request is made when it is its turn, so that a long trial's texts need not lie in memory together. */
export interface TrialRequests {
  warmup: Iterable<WorkloadRequest> | AsyncIterable<WorkloadRequest>;
  measured: Iterable<WorkloadRequest> | AsyncIterable<WorkloadRequest>;
}

/** Share of a workload's prompts that only warm-up uses. */
const WARMUP_SHARE = 0.25;
/** `varied` output lengths are uniform from this share of `max_tokens` up to all of it (method note 0b I). */
const SHORTEST_SHARE = 0.8;

/**
 * The requests of `trial`, equal for every entry of its block. Warm-up prompts never appear among
 * the measured ones (unless there is only one), and each request starts with a line of its own, so
 * that no prefix cache can answer for the engine. An arrival of a trace that tells the length of
 * its answer asks for that (1 at least), and for its own prompt if it has one; prompts of the length
 * that it tells are not made up.
 */
export function trialRequests(
  trial: PlannedTrial,
  prompts: readonly Prompt[],
  arrivals: ArrivalList = [],
): Record<keyof TrialRequests, Generator<WorkloadRequest>> {
  const { prompt_seed } = trial;
  const pool = shuffled(prompts, randomFrom(prompt_seed, "pool"));
  const held = pool.length === 1 ? 0 : Math.ceil(pool.length * WARMUP_SHARE);
  function* draw(from: Prompt[], count: number, phase: string) {
    const random = randomFrom(prompt_seed, phase);
    for (let i = 0; i < count; i++) {
      const drawn = request(trial, from[i % from.length]!, random);
      yield phase === "measured" ? asRecorded(drawn, arrivals.at(i), i) : drawn;
    }
  }
  return {
    warmup: draw(held === 0 ? pool : pool.slice(0, held), trial.warmup_requests, "warmup"),
    measured: draw(pool.slice(held), trial.requests, "measured"),
  };
}

function asRecorded(drawn: WorkloadRequest, arrival: Arrival | undefined, i: number) {
  const { output_tokens, prompt } = arrival ?? {};
  const asked = output_tokens === undefined
    ? drawn
    : { ...drawn, max_tokens: Math.max(1, output_tokens) };
  if (prompt === undefined) return asked;
  const messages: Prompt["messages"] = [{ role: "user", content: prompt }];
  return { ...asked, prompt_id: `trace/${i}`, messages };
}

function request(trial: PlannedTrial, prompt: Prompt, random: () => number): WorkloadRequest {
  const { max_tokens } = trial;
  const tag = Math.floor(random() * 36 ** 6).toString(36).padStart(6, "0");
  const shortest = Math.ceil(SHORTEST_SHARE * max_tokens);
  const drawn = shortest + Math.floor(random() * (max_tokens - shortest + 1));
  return {
    prompt_id: prompt.prompt_id,
    messages: withFirstLine(prompt.messages, `Request ${tag}.`),
    max_tokens: trial.output_length === "varied" ? drawn : max_tokens,
  };
}

function withFirstLine(messages: Prompt["messages"], line: string): Prompt["messages"] {
  const [first, ...rest] = messages as [Prompt["messages"][number], ...Prompt["messages"]];
  return [{ ...first, content: `${line}\n${first.content}` }, ...rest];
}

/** The prompts that a workload draws from. Throws when it names a category that is not there. */
export function promptsOf(
  workload: string,
  categories: string[] | undefined,
  prompts: readonly Prompt[],
): Prompt[] {
  const known = [...new Set(prompts.map(({ category }) => category))];
  const unknown = categories?.filter((category) => !known.includes(category)) ?? [];
  if (unknown.length > 0) {
    throw new Error(
      `workload "${workload}" names ${unknown.join(", ")}, but the prompts file has ${
        known.join(", ")
      }`,
    );
  }
  return prompts.filter(({ category }) => categories?.includes(category) ?? true);
}
