/** All that can be told of a study before it starts; nothing is started or asked. */
import type { Plan } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { type Tuning, withEveryCandidate } from "@/config/tuning.ts";
import type { EntryFit, UnknownFit } from "@/engines/support/entry_fit.ts";
import { renderCost } from "./dry_run_cost.ts";
import { renderEntries } from "./dry_run_entries.ts";
import { askedLoad, renderFits } from "./dry_run_fit.ts";
import { renderShort } from "./dry_run_short.ts";
import { renderTuning } from "./dry_run_tuning.ts";
import { leftOut } from "./left_out.ts";
import { nextCommands } from "./next_studies.ts";
import { renderPlan } from "./plan_text.ts";
import { resolutionText } from "./resolution_text.ts";

interface Found {
  /** Whether each entry and candidate fits. */
  fits: readonly (EntryFit | UnknownFit)[];
  /** Null where nothing is searched. */
  tuning: Tuning | null;
  prompts: readonly Prompt[];
}

/**
 * The plan, the search before it, each entry or candidate as it would be launched, whether it fits, the
 * cost, what can be resolved; at the end all of it in short, what is left out, and the next studies.
 */
export function renderDryRun(config: Config, plan: Plan, found: Found): string {
  const { fits, tuning, prompts } = found;
  return [
    renderPlan(plan, config),
    tuning === null ? "" : renderTuning(config, tuning, prompts),
    renderEntries(tuning === null ? config : withEveryCandidate(config, tuning)),
    renderFits(fits, askedLoad(config, prompts)),
    renderCost(config, plan, tuning),
    resolutionText(config),
    renderShort(config, plan, found),
    ...leftOut(config),
    nextCommands(config).join("\n"),
  ].filter((part) => part !== "").join("\n\n");
}
