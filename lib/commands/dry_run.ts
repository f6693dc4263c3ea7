/** All that can be told of a study before it starts; nothing is started or asked. */
import type { Plan } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import { renderCost } from "./dry_run_cost.ts";
import { renderEntries } from "./dry_run_entries.ts";
import { leftOut } from "./left_out.ts";
import { renderPlan } from "./plan_text.ts";
import { resolutionText } from "./resolution_text.ts";

/** The plan, each entry as it would be launched, whether it fits, what is left out, the cost and what can be resolved. */
export function renderDryRun(config: Config, plan: Plan, fits: string): string {
  return [
    renderPlan(plan, config),
    renderEntries(config),
    fits,
    ...leftOut(config),
    renderCost(config, plan),
    resolutionText(config),
  ].filter((part) => part !== "").join("\n\n");
}
