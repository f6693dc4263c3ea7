/** The rounds of a search of the tuned arm, each the searched load once. Pure. */
import type { ArrivalList } from "./arrivals/arrival.ts";
import { arrivalsId, arrivalsOf } from "./arrivals/arrival_lists.ts";
import { planClosed, type PlannedTrial, planOpen } from "./plan.ts";
import type { Config } from "./schema.ts";
import type { Tuning } from "./tuning.ts";

export interface PlannedRound {
  trial: PlannedTrial;
  /** Its list by its name; empty in a closed loop. */
  arrivals: Record<string, ArrivalList>;
}

/**
 * Round `round` of the candidate that `launch` serves, from 1. It asks every candidate the same, at the
 * same times. `search` is as `searchConfig` gives it.
 */
export function planRound(
  search: Config,
  { load, use_case: { workload } }: Tuning,
  launch: { launch_id: string; entry: string },
  round: number,
): PlannedRound {
  const cell = { ...launch, workload, block: round };
  if (load.mode === "closed") return { trial: planClosed(search, cell, load), arrivals: {} };
  const due = arrivalsOf(load, round, search.benchmark.seed);
  const arrivals = { [arrivalsId(load, round)]: due };
  return { trial: planOpen(search, cell, load, arrivals), arrivals };
}
