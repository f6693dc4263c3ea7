/** Blocks that the client or the environment spoilt, planned once more. Pure. */
import type { Plan, PlannedLaunch, PlannedTrial } from "./plan.ts";

/**
 * A workload at a load in a block, over all entries of its kind: simulated and real ones are studies of
 * their own and share no cell.
 */
export type LostCell = Pick<PlannedTrial, "simulated" | "workload" | "load" | "block">;

/**
 * A fresh launch of every entry that shares a lost cell, in the block's own order, with only the lost
 * cells as its trials: same prompts, same arrivals. A cell is repeated at most once.
 */
export function repeatPlan(plan: Plan, lost: readonly LostCell[]): PlannedLaunch[] {
  const repeated = new Set(
    plan.launches.flatMap(({ trials }) => trials.filter(({ repeats }) => repeats).map(cellKey)),
  );
  const wanted = new Set(lost.map(cellKey).filter((key) => !repeated.has(key)));
  return plan.launches.flatMap((launch) => {
    const launch_id = `${launch.launch_id}-again`;
    const trials = launch.trials.filter((trial) => wanted.has(cellKey(trial)))
      .map((trial) => ({
        ...trial,
        launch_id,
        trial_id: trial.trial_id.replace(launch.launch_id, launch_id),
        repeats: trial.trial_id,
      }));
    return trials.length === 0 ? [] : [{ ...launch, launch_id, trials }];
  });
}

function cellKey({ simulated, workload, load, block }: LostCell): string {
  return JSON.stringify([simulated, workload, load, block]);
}
