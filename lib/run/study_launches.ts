/** The launches of a study in their order, as far as they are needed, and spoilt blocks once more. */
import { loadLabel } from "@/config/load_point.ts";
import type { Plan, PlannedLaunch } from "@/config/plan.ts";
import { type LostCell, repeatPlan } from "@/config/repeat_plan.ts";
import type { RunFolder } from "@/records/run_folder.ts";
import type { Progress } from "./progress.ts";

/** What only the analysis of what was measured so far can say; it stands right of the run. */
export interface RunJudge {
  /** Whether the primary comparisons are decided, so that the run may end at a planned look. */
  decided(): boolean;
  /** Cells that client or environment spoilt for some entry. */
  lost(): LostCell[];
}

interface Context {
  folder: Pick<RunFolder, "plan">;
  progress: Progress;
  signal: AbortSignal;
  /** Without one the whole plan is run and nothing is repeated. */
  judge?: RunJudge;
}

/**
 * Yields each launch of `plan` when the one before is over. At a planned look the study ends if all is
 * decided. At its end every spoilt cell comes once more for every entry of its kind, recorded before it runs.
 */
export function* studyLaunches(
  plan: Plan,
  context: Context,
): Generator<{ planned: PlannedLaunch; trials: PlannedLaunch["trials"] }> {
  const { judge, signal } = context;
  let block: number | null = null;
  for (const planned of plan.launches) {
    if (signal.aborted) return;
    if (block !== null && planned.block > block && endsAt(block, plan, context)) break;
    block = planned.block;
    yield { planned, trials: planned.trials };
  }
  if (signal.aborted || judge === undefined) return;
  const again = repeatPlan(plan, judge.lost());
  context.progress.addTrials(again.reduce((sum, { trials }) => sum + trials.length, 0));
  for (const planned of again) {
    context.folder.plan(planned, {});
    const loads = planned.trials.map(({ load }) => loadLabel(load)).join(", ");
    context.progress.say(
      `block ${planned.block} · ${planned.entry}: again at ${loads}, since client or environment ` +
        "spoilt the block there",
    );
    yield { planned, trials: planned.trials };
  }
}

function endsAt(block: number, { looks = [] }: Plan, { judge, progress }: Context): boolean {
  if (!looks.includes(block) || judge?.decided() !== true) return false;
  progress.say(`after ${block} blocks all primary comparisons are decided: the run ends here`);
  return true;
}
