/** The search of the tuned arm as it would run: candidates, what they cost, their seeds and prompts. */
import { COMPARED } from "@/analysis/compared_metrics.ts";
import type { Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { askedSettings } from "@/config/settings.ts";
import { type CandidateEntry, searchConfig, type Tuning } from "@/config/tuning.ts";
import { dividePrompts } from "@/config/tuning_prompts.ts";
import { planRound } from "@/config/tuning_rounds.ts";
import { maskedArgv } from "@/engines/secrets.ts";
import { portablePaths } from "@/run/portable_paths.ts";
import { START_MINUTES, trialMs } from "./dry_run_cost.ts";

/** So many rounds have their seeds printed; all stand in the search's run folder. */
const SHOWN_ROUNDS = 3;

/** A paragraph; starts and asks nothing. */
export function renderTuning(config: Config, tuning: Tuning, prompts: readonly Prompt[]): string {
  const { use_case, minutes_per_entry, candidates, recipes, seed } = tuning;
  const entries = new Set(candidates.map(({ entry }) => entry)).size;
  const { words } = COMPARED[use_case.metric];
  const width = Math.max(8, ...candidates.map(({ name }) => name.length));
  const padded = (name: string) => name.padEnd(width);
  return [
    `before the study, ${candidates.length} candidates of ${entries} ` +
    `${entries === 1 ? "entry" : "entries"} are tried, ${minutes_per_entry} minutes of the ` +
    `machine for each entry, starts included; the best one of each goes into the study:`,
    `  goes by   ${words} at ${use_case.load}, workload ${use_case.workload} (use case ` +
    `${use_case.name}), the median of a candidate's rounds`,
    `  prompts   ${promptsText(config, tuning, prompts)}`,
    `  seeds     ${seed}, the study's is ${config.benchmark.seed}; prompts of ${
      roundSeeds(config, tuning)
    }`,
    ...candidates.map((each) => `  ${padded(each.name)}  ${candidateText(each, config, tuning)}`),
    ...recipes.map((name) => `  ${padded(name)}  searches nothing: its settings are its recipe`),
  ].join("\n");
}

function promptsText(config: Config, tuning: Tuning, prompts: readonly Prompt[]): string {
  const { search, study } = dividePrompts(prompts, config, tuning);
  return search.length === 0
    ? "made up from the seeds below, so none of the study's"
    : `${search.length} only for the search, the other ${study.length} only for the study`;
}

/** Those of one round are the same for every candidate. */
function roundSeeds(config: Config, tuning: Tuning): string {
  const seeds = Array.from({ length: SHOWN_ROUNDS }, (_, i) => round(config, tuning, i + 1))
    .map(({ block, prompt_seed }) => `round ${block} by ${prompt_seed}`);
  return `${seeds.join(", ")}, …`;
}

function round(config: Config, tuning: Tuning, block: number) {
  const { name } = tuning.candidates[0]!;
  const launch = { launch_id: name, entry: name };
  return planRound(searchConfig(config, tuning), tuning, launch, block).trial;
}

function candidateText(
  { entry, index, minutes }: CandidateEntry,
  config: Config,
  tuning: Tuning,
): string {
  const settings = config.engines[entry]!;
  const { settings: set = {}, extra_args = [], env = {} } = "candidates" in settings
    ? settings.candidates![index]!
    : {};
  const changes = [
    ...askedSettings(set).map(([name, value]) => `${name} ${value}`),
    ...(extra_args.length === 0 ? [] : [maskedArgv(extra_args).map(portablePaths).join(" ")]),
    ...Object.entries(env).map(([name, value]) => `${name}=${portablePaths(value)}`),
  ];
  const left_ms = (minutes - START_MINUTES) * 60_000;
  const rounds = Math.floor(left_ms / trialMs(round(config, tuning, 1)));
  const room = rounds < 1
    ? `too short for a round, by the assumptions below`
    : `about ${rounds} ${rounds === 1 ? "round" : "rounds"}`;
  return `${minutes.toFixed(1)} minutes, ${room}: ${changes.join(", ")}`;
}
