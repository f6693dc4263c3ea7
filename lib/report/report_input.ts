/** What a report is made of: run folders, read and worked out. */
import { type AccuracyFindings, accuracyFindings } from "@/analysis/accuracy.ts";
import type { Advice } from "@/analysis/advice.ts";
import { type Agreement, agreements } from "@/analysis/agreement.ts";
import type { Comparison } from "@/analysis/comparison_row.ts";
import { armsOf, sharedArm } from "@/analysis/parity.ts";
import type { Recommendation } from "@/analysis/recommendation.ts";
import { inConfigOrder, runFindings } from "@/analysis/run_findings.ts";
import { type StartupRow, startupRows } from "@/analysis/startup.ts";
import { type SearchResult, searchResult } from "@/analysis/search_result.ts";
import { type ServerTimeRow, serverTimeRows } from "@/analysis/server_times.ts";
import { type Timeline, timelines } from "@/analysis/timeline.ts";
import type { LevelRow, SummaryRow } from "@/analysis/summary_row.ts";
import { plannedTrials } from "@/config/plan.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";

export interface ReportInput {
  manifests: Manifest[];
  summary: SummaryRow[];
  levels: LevelRow[];
  comparisons: Comparison[];
  /** Searches for the largest load; their trials are compared with nothing. */
  searches: SearchResult[];
  recommendations: Recommendation[];
  /** The recommendations in sentences, in the same order. */
  advice: Advice[];
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
    return {
      run,
      named,
      accuracy: accuracyFindings(run.manifest, run.accuracy ?? []),
      ...runFindings(run, named),
      server_times: inConfigOrder(serverTimeRows(run), run.manifest).map(named),
      timelines: timelines(run).map(named),
      startups: inConfigOrder(startupRows(run.launches), run.manifest).map(named),
    };
  });
  const searches = parts.flatMap(({ run, named }) => {
    const found = searchResult(run);
    return found === null ? [] : [named(found)];
  });
  return {
    manifests: runs.map(({ manifest }) => manifest),
    summary: parts.flatMap((part) => part.summary),
    levels: parts.flatMap((part) => part.levels),
    comparisons: parts.flatMap((part) => part.comparisons),
    recommendations: realFirst(parts.flatMap((part) => part.recommendations)),
    advice: realFirst(parts.flatMap((part) => part.advice)),
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

function realFirst<R extends { simulated: boolean }>(rows: R[]): R[] {
  return rows.toSorted((a, b) => Number(a.simulated) - Number(b.simulated));
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
