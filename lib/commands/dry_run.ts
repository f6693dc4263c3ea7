/** All that can be told of a study before it starts; nothing is started or asked. */
import type { Plan } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { type Tuning, withEveryCandidate } from "@/config/tuning.ts";
import { renderCost } from "./dry_run_cost.ts";
import { renderEntries } from "./dry_run_entries.ts";
import { renderTuning } from "./dry_run_tuning.ts";
import { leftOut } from "./left_out.ts";
import { nextCommands } from "./next_studies.ts";
import { renderPlan } from "./plan_text.ts";
import { resolutionText } from "./resolution_text.ts";

interface Found {
  /** Whether each entry and candidate fits, in words. */
  fits: string;
  /** Null where nothing is searched. */
  tuning: Tuning | null;
  prompts: readonly Prompt[];
}

/**
 * The plan, the search before it, each entry or candidate as it would be launched, whether it fits, what
 * is left out, the cost and what can be resolved.
 */
export function renderDryRun(config: Config, plan: Plan, { fits, tuning, prompts }: Found): string {
  return [
    renderPlan(plan, config),
    tuning === null ? "" : renderTuning(config, tuning, prompts),
    renderEntries(tuning === null ? config : withEveryCandidate(config, tuning)),
    fits,
    ...leftOut(config),
    nextCommands(config).join("\n"),
    renderCost(config, plan, tuning),
    resolutionText(config),
  ].filter((part) => part !== "").join("\n\n");
}
