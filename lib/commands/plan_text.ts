/** The plan as people read it. */
import { loadLabel } from "@/config/load_point.ts";
import type { Config } from "@/config/schema.ts";
import { workloadText } from "@/config/workload_lengths.ts";
import { type Plan, type PlannedTrial, plannedTrials } from "@/config/plan.ts";

/** Blocks, order, levels and counts; nothing is measured or guessed. Lengths need the config. */
export function renderPlan(plan: Plan, config?: Config): string {
  const blocks = Map.groupBy(plan.launches, ({ block }) => block);
  const lines = [...blocks].map(([block, launches]) =>
    `block ${block}: ${launches.map(({ entry }) => entry).join(", ")}${
      block === 0 ? " (fills caches; never compared)" : ""
    }`
  );
  const compared = plan.launches.find(({ block }) => block > 0)!;
  const first = compared.trials.map((trial) =>
    `  ${trial.workload}, ${loadOf(trial)}: ${trial.requests} requests after ` +
    `${trial.warmup_requests} to warm up, ${
      (config && workloadText(config.workloads[trial.workload]!, config.benchmark)) ??
        tokensEach(trial)
    }`
  );
  const trials = plannedTrials(plan);
  const requests = trials.reduce((sum, trial) => sum + trial.requests, 0);
  return [
    `${plan.launches.length} launches, ${trials.length} trials, ${requests} measured requests, seed ${plan.seed}`,
    ...lines,
    "each launch:",
    ...first,
  ].join("\n");
}

function tokensEach({ output_length, max_tokens }: PlannedTrial): string {
  return `${output_length === "varied" ? "0.8–1.0 × " : ""}${max_tokens} tokens each`;
}

function loadOf({ load, concurrency, offered_requests_per_s: rate = null }: PlannedTrial): string {
  if (load.mode === "closed" && load.think_ms === undefined) return `${concurrency} at a time`;
  const stated = "rate_per_s" in load || rate === null;
  return `${loadLabel(load)}${stated ? "" : ` (${rate.toFixed(2)} requests/s on average)`}`;
}
