/** What a report is made of: run folders, read and worked out. */
import {
  type AccuracyFindings,
  accuracyFindings,
  withoutWorse,
  worseEntries,
} from "@/analysis/accuracy.ts";
import { answer, type AnswerSentence } from "@/analysis/answer.ts";
import { type Agreement, agreements } from "@/analysis/agreement.ts";
import { compareEntries } from "@/analysis/comparison.ts";
import { armsOf, sharedArm } from "@/analysis/parity.ts";
import { levelRows } from "@/analysis/levels.ts";
import { type StartupRow, startupRows } from "@/analysis/startup.ts";
import { type SearchResult, searchResult } from "@/analysis/search_result.ts";
import { summarize } from "@/analysis/summary.ts";
import { type ServerTimeRow, serverTimeRows } from "@/analysis/server_times.ts";
import { type Timeline, timelines } from "@/analysis/timeline.ts";
import type { Comparison, LevelRow, SummaryRow } from "@/analysis/summary_row.ts";
import { plannedTrials } from "@/config/plan.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";

export interface ReportInput {
  manifests: Manifest[];
  summary: SummaryRow[];
  levels: LevelRow[];
  comparisons: Comparison[];
  answer: AnswerSentence[];
  /** Searches for the largest load; their trials are compared with nothing. */
  searches: SearchResult[];
  /** Damaged lines, unfinished trials and the like, one sentence each. */
  problems: string[];
  launches: LaunchRecord[];
  /** The same by the run's id; absent in invented inputs. */
  launchesOf?: Map<string, LaunchRecord[]>;
  /** What servers told of their own times, and one trial of each comparison over time. */
  server_times: ServerTimeRow[];
  timelines: Timeline[];
  /** One row an entry; none of runs from before phases were recorded. */
  startups: StartupRow[];
  /** By the run's id. */
  agreements: Map<string, Agreement[]>;
  /** By the run's id; absent in invented inputs. */
  accuracy?: Map<string, AccuracyFindings>;
  /** e.g. `llama.cpp: not run, because …`; those of the manifests are added to them. */
  not_run: string[];
}

/**
 * The input of a report over `runs`. With several runs each entry is named with its run, and only
 * entries of one run are compared, since only they share blocks.
 */
export function reportInput(runs: readonly RunData[]): ReportInput {
  const several = runs.length > 1;
  const parts = runs.map((run) => {
    // Imported rows are marked in their name, so that no table, figure or sentence hides it.
    const mark = `${run.manifest.imported ? " (imported)" : ""}${
      several ? ` (${run.run_id})` : ""
    }`;
    // Entries of different arms say which, and so does what is told of them.
    const arms = sharedArm(run.manifest) === null ? armsOf(run.manifest) : new Map();
    const armMark = (entry: string) => arms.get(entry) ? ` [${arms.get(entry)}]` : "";
    const standIns = new Set(
      run.launches.filter(({ stand_in }) => stand_in).map(({ entry }) => entry),
    );
    const standInMark = (entry: string) => standIns.has(entry) ? " (stand-in)" : "";
    const named = <R extends { engine: string }>(row: R): R => ({
      ...row,
      engine: `${row.engine}${standInMark(row.engine)}${armMark(row.engine)}${mark}`,
    });
    const summary = inConfigOrder(summarize(run), run.manifest).map(named);
    const accuracy = accuracyFindings(run.manifest, run.accuracy ?? []);
    const worse = [...worseEntries(accuracy)].map(([engine, why]) =>
      [named({ engine }).engine, why] as const
    );
    return {
      run,
      named,
      summary,
      accuracy,
      worse,
      levels: levelRows(withoutProbes(summary, run), run.requests),
      comparable: withoutProbes(summary, run),
      server_times: inConfigOrder(serverTimeRows(run), run.manifest).map(named),
      timelines: timelines(run).map(named),
      startups: inConfigOrder(startupRows(run.launches), run.manifest).map(named),
    };
  });
  const summary = parts.flatMap((part) => part.summary);
  const comparisons = withoutWorse(
    compareEntries(parts.flatMap((part) => part.comparable)),
    new Map(parts.flatMap(({ worse }) => [...worse])),
  );
  const searches = parts.flatMap(({ run, named }) => {
    const found = searchResult(run);
    return found === null ? [] : [named(found)];
  });
  return {
    manifests: runs.map(({ manifest }) => manifest),
    summary,
    levels: parts.flatMap((part) => part.levels),
    comparisons,
    answer: [...searches.map(searchAnswer), ...answer(comparisons)],
    searches,
    problems: parts.flatMap(({ run, summary }) => problemsOf(run, summary.length, several)),
    server_times: parts.flatMap((part) => part.server_times),
    timelines: parts.flatMap((part) => part.timelines),
    launches: runs.flatMap(({ launches }) => launches),
    launchesOf: new Map(runs.map(({ run_id, launches }) => [run_id, launches])),
    startups: parts.flatMap((part) => part.startups),
    agreements: new Map(
      runs.map(({ run_id, manifest, launches }) => [run_id, agreements(manifest, launches)]),
    ),
    accuracy: new Map(parts.map(({ run, accuracy }) => [run.run_id, accuracy])),
    not_run: runs.flatMap(({ manifest }) => manifest.not_run),
  };
}

/** The looks of a search depend on one another. */
function withoutProbes(summary: SummaryRow[], { manifest }: RunData): SummaryRow[] {
  const trials = plannedTrials(manifest.plan).filter(({ probe }) => probe !== undefined);
  const probes = new Set(trials.map(({ trial_id }) => trial_id));
  return summary.filter(({ trial_id }) => !probes.has(trial_id));
}

function searchAnswer({ simulated, sentence }: SearchResult): AnswerSentence {
  return { simulated, text: simulated ? `Simulated: ${sentence}` : sentence };
}

/** The config's first entry is the one that others are compared with, whatever ran first. */
function inConfigOrder<R extends { engine: string }>(rows: R[], { config }: Manifest): R[] {
  const entries = Object.keys(config.engines);
  return rows.toSorted((a, b) => entries.indexOf(a.engine) - entries.indexOf(b.engine));
}

function problemsOf(run: RunData, seen: number, several: boolean): string[] {
  const planned = plannedTrials(run.manifest.plan).length;
  const unstarted = seen < planned
    ? [`${planned - seen} of ${planned} planned trials have no data`]
    : [];
  const failed = run.launches.filter(({ outcome }) => outcome === "failed")
    .map(({ entry, block, error }) => `${entry} did not start in block ${block}: ${error}`);
  const all = [...run.problems, ...failed, ...unstarted];
  return several ? all.map((problem) => `${run.run_id}: ${problem}`) : all;
}
