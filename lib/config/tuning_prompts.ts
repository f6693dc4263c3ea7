/** Which prompts a search of the tuned arm may ask, and which are left for the study. Pure. */
import type { Prompt } from "./prompts.ts";
import type { Config } from "./schema.ts";
import { randomFrom, shuffled } from "./seeds.ts";
import type { Tuning } from "./tuning.ts";
import { givesLengths } from "./workload_schema.ts";
import { ConfigError } from "./yaml_source.ts";

/** Of each category, for the search. */
const SHARE = 1 / 3;

export interface DividedPrompts {
  search: Prompt[];
  study: Prompt[];
}

/**
 * A third of each category that the search draws from (at least one prompt) for it, all others for the
 * study, drawn by the study's seed. Prompts of given lengths are made up from other seeds, so a search
 * with those takes none. Throws ConfigError for a category of one prompt, which cannot be divided.
 */
export function dividePrompts(
  prompts: readonly Prompt[],
  config: Pick<Config, "workloads" | "benchmark">,
  { use_case }: Pick<Tuning, "use_case">,
): DividedPrompts {
  const workload = config.workloads[use_case.workload]!;
  const held = new Set<string>();
  const drawnFrom = prompts.filter(({ category }) =>
    !givesLengths(workload) && (workload.categories?.includes(category) ?? true)
  );
  for (const [category, own] of Map.groupBy(drawnFrom, ({ category }) => category)) {
    if (own.length < 2) throw tooFew(category);
    const drawn = shuffled(own, randomFrom(config.benchmark.seed, "tuning prompts", category));
    const count = Math.max(1, Math.floor(own.length * SHARE));
    for (const { prompt_id } of drawn.slice(0, count)) held.add(prompt_id);
  }
  return {
    search: prompts.filter(({ prompt_id }) => held.has(prompt_id)),
    study: prompts.filter(({ prompt_id }) => !held.has(prompt_id)),
  };
}

function tooFew(category: string): ConfigError {
  return new ConfigError([
    `category ${category} of the prompts file has one prompt, but a search among candidates asks ` +
    "other prompts than the study; add prompts to it",
  ]);
}
