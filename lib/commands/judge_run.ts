/** What the analysis says of a run that still goes on. */
import { runFindings } from "@/analysis/run_findings.ts";
import { faultOf } from "@/analysis/trial_scores.ts";
import type { LostCell } from "@/config/repeat_plan.ts";
import { plannedTrials } from "@/config/plan.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import type { RunJudge } from "@/run/study_launches.ts";

/** Judges the run folder in `dir` by what is in it when asked. */
export function judgeRun(dir: string): RunJudge {
  return { decided: () => primaryDecided(dir), lost: () => lostCells(dir) };
}

/** More blocks help neither a better, a tie nor a pair that did unlike work. */
function primaryDecided(dir: string): boolean {
  const { comparisons } = runFindings(readRunFolder(dir));
  const primary = comparisons.filter(({ use_cases }) => use_cases.length > 0);
  return primary.length > 0 &&
    primary.every(({ verdict, also_tie }) =>
      verdict === "better" || verdict === "tie" || also_tie || verdict === "not comparable"
    );
}

/** Cells of blocks that are compared; a warm-up block has nothing to lose. */
function lostCells(dir: string): LostCell[] {
  const run = readRunFolder(dir);
  const spoilt = new Set(
    runFindings(run).summary.filter((row) =>
      row.role === "compared" && ["client", "environment"].includes(faultOf(row) ?? "")
    ).map(({ trial_id }) => trial_id),
  );
  return plannedTrials(run.manifest.plan).filter(({ trial_id }) => spoilt.has(trial_id));
}
