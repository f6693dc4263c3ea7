/** What a search of the tuned arm found: each candidate's rounds and the best one of each entry. */
import { median } from "simple-statistics";
import { plannedTrials } from "@/config/plan.ts";
import type { CandidateEntry, Tuning } from "@/config/tuning.ts";
import { kindOf } from "@/config/workload_schema.ts";
import type { CandidateRecord, TuningRecord } from "@/records/tuning_record.ts";
import type { RunData } from "@/records/run_folder.ts";
import { contentSeen } from "@/records/startup_record.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { COMPARED, type ComparedMetric } from "./compared_metrics.ts";
import { summarize } from "./summary.ts";
import type { SummaryRow } from "./summary_row.ts";
import { faultOf } from "./trial_scores.ts";

/**
 * All candidates of the search in `run`, the chosen ones marked: of each entry the one whose median
 * round is best by the use case's metric, the earlier one where two are equal. Rounds that client or
 * environment spoilt are left out; a round that the server failed counts as the worst there is. A
 * candidate whose answers were no text cannot be chosen, however fast it was.
 */
export function tuningRecord(
  run: RunData,
  tuning: Tuning,
  spent_minutes: ReadonlyMap<string, number>,
): TuningRecord {
  const { use_case, seed, minutes_per_entry, recipes } = tuning;
  const rows = summarize(run);
  const candidates = tuning.candidates.map((candidate) => ({
    ...measured(run, candidate, rows, use_case.metric),
    spent_minutes: spent_minutes.get(candidate.name) ?? 0,
  }));
  for (const own of Map.groupBy(candidates, ({ entry }) => entry).values()) {
    const best = bestOf(own, use_case.metric);
    if (best !== null) best.chosen = true;
  }
  return {
    run_id: run.run_id,
    use_case: use_case.name,
    workload: use_case.workload,
    load: use_case.load,
    metric: use_case.metric,
    seed,
    prompt_ids: askedPrompts(run),
    minutes_per_entry,
    candidates,
    recipes,
  };
}

function bestOf(candidates: CandidateRecord[], metric: ComparedMetric): CandidateRecord | null {
  const sign = COMPARED[metric].better === "higher" ? 1 : -1;
  const able = candidates.filter(({ why_not }) => why_not === null);
  return able.toSorted((a, b) => sign * (b.value! - a.value!))[0] ?? null;
}

function measured(
  run: RunData,
  candidate: CandidateEntry,
  rows: readonly SummaryRow[],
  metric: ComparedMetric,
): CandidateRecord {
  const { name, entry, settled, minutes } = candidate;
  const launch = run.launches.find((each) => each.entry === name);
  const ended = new Set(
    run.trials.filter(({ outcome }) => outcome !== "interrupted").map(({ trial_id }) => trial_id),
  );
  const own = rows.filter(({ engine, trial_id }) => engine === name && ended.has(trial_id));
  const faults = own.map(faultOf);
  const rounds = own.map((row, i) =>
    faults[i] === null && metric !== "max_load_per_s" ? row[metric] : null
  );
  const { value, why_not } = judged({ launch, minutes, faults, rounds, metric });
  return {
    name,
    entry,
    simulated: launch?.simulated ?? settled.kind === "simulated",
    ...(launch?.stand_in === undefined ? {} : { stand_in: launch.stand_in }),
    settings: "settings" in settled ? settled.settings ?? {} : {},
    extra_args: "extra_args" in settled ? settled.extra_args : [],
    env: "env" in settled ? settled.env ?? {} : {},
    minutes,
    spent_minutes: 0,
    rounds,
    left_out: reasonsOf(own),
    value,
    why_not,
    chosen: false,
  };
}

interface Rounds {
  launch: LaunchRecord | undefined;
  minutes: number;
  faults: ReturnType<typeof faultOf>[];
  rounds: (number | null)[];
  metric: ComparedMetric;
}

function judged({ launch, minutes, faults, rounds, metric }: Rounds) {
  const none = (why_not: string) => ({ value: null, why_not });
  if (launch === undefined) return none("it was not launched");
  if (launch.ready_s === null) return none(`it did not start: ${launch.error?.split("\n")[0]}`);
  if (rounds.length === 0) return none(`no round ended within its ${+minutes.toFixed(2)} minutes`);
  const worst = COMPARED[metric].better === "higher" ? 0 : Infinity;
  const counted = rounds.map((value, i) => faults[i] === "server" ? worst : value)
    .filter((value) => value !== null);
  if (counted.length === 0) return none("no round has a value that counts");
  const value = median(counted);
  if (faults.some((fault) => fault === "server") && value === worst) {
    return none("the server failed in most rounds");
  }
  const { content_probe } = launch;
  const nonsense = content_probe?.verdict === "SUSPECT" ? contentSeen(content_probe) : null;
  return { value, why_not: nonsense };
}

function reasonsOf(rows: readonly SummaryRow[]): string[] {
  const invalid = rows.filter((row) => faultOf(row) !== null);
  return [...new Set(invalid.flatMap(({ reasons }) => reasons))];
}

/** Prompts of the prompts file that were asked; those of given lengths are made up for each trial. */
function askedPrompts({ manifest, requests }: RunData): string[] {
  const { workloads } = manifest.config;
  const fromFile = plannedTrials(manifest.plan)
    .filter(({ workload }) => kindOf(workloads[workload]!) === "prompts");
  const asked = fromFile.flatMap(({ trial_id }) =>
    requests.get(trial_id)?.select(["prompt_id"]).map(({ prompt_id }) => prompt_id) ?? []
  );
  return [...new Set(asked)].sort();
}
