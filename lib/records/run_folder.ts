/** The run folder, the only thing that passes from measuring to analysis. */
import { basename, join } from "node:path";
import type { ArrivalList } from "@/config/arrivals/arrival.ts";
import { type PlannedLaunch, plannedTrials, withLoads } from "@/config/plan.ts";
import type { AccuracyRecord } from "./accuracy_record.ts";
import { storeArrivals, storePlan } from "./arrivals_file.ts";
import { JOURNAL, Journal, keptWindow } from "./journal.ts";
import { indexJournal, type JournalIndex } from "./journal_index.ts";
import type { Manifest } from "./manifest.ts";
import type { SettingAudit } from "./parity_record.ts";
import type { RequestRecord } from "./request_record.ts";
import { readTelemetry, type Telemetry } from "./telemetry.ts";
import { openStoredTrials, withJournaled } from "./stored_requests.ts";
import { writeTrialFile } from "./trial_file.ts";
import type { LaunchRecord, TrialRecord } from "./trial_record.ts";
import { openTrialFile } from "./parquet_trial.ts";
import type { RunRequests, TimeWindow, TrialRequests } from "./trial_requests.ts";

/** An open run folder that a run writes to. */
export interface RunFolder extends Disposable {
  dir: string;
  journal: Journal;
  logPath(launchId: string): string;
  /** Notes what was planned for a launch while the run goes on, with arrival lists that are new. */
  plan(launch: PlannedLaunch, arrivals: Record<string, ArrivalList>): void;
  /** Notes in the manifest what became of the settings asked of a launch. */
  achieved(launchId: string, settings: SettingAudit[]): void;
  /** Begins a trial: its requests, warm-up included, go through what this gives. */
  openTrial(trialId: string): TrialSink;
}

/** Where a trial's requests go as they end. Nothing of them is kept in memory. */
export interface TrialSink {
  /** Journals the record at once. */
  append(record: RequestRecord): void;
  /** Writes the trial's Parquet file from the journal's lines and gives its requests; `window` is null where it had none. */
  finish(window?: TimeWindow | null): Promise<TrialRequests>;
}

/**
 * Creates `dir` with its manifest and an empty journal.
 * Throws if `dir` holds anything: a run never writes into another run's data.
 */
export function createRunFolder(dir: string, manifest: Manifest): RunFolder {
  refuseIfUsed(dir);
  for (const sub of ["trials", "logs"]) Deno.mkdirSync(join(dir, sub), { recursive: true });
  const stored = { ...manifest, plan: storePlan(dir, manifest.plan) };
  storeManifest(dir, stored);
  const journal = new Journal(join(dir, JOURNAL));
  return {
    dir,
    journal,
    logPath: (launchId) => join(dir, "logs", `${launchId}.log`),
    plan(launch, lists) {
      const stored = Object.entries(lists).map(([name, list]) =>
        [name, storeArrivals(dir, name, list)] as const
      );
      journal.append({ type: "planned", ...launch, arrivals: Object.fromEntries(stored) });
    },
    achieved(launchId, settings) {
      stored.achieved_settings = { ...stored.achieved_settings, [launchId]: settings };
      storeManifest(dir, stored);
    },
    openTrial: (trialId) => openTrial(journal, trialId, join(dir, "trials", `${trialId}.parquet`)),
    [Symbol.dispose]: () => journal[Symbol.dispose](),
  };
}

/** Whole or not at all: a run that is killed meanwhile keeps the manifest that it had. */
function storeManifest(dir: string, stored: unknown): void {
  const path = join(dir, "manifest.json");
  Deno.writeTextFileSync(`${path}.new`, JSON.stringify(stored, null, 2) + "\n");
  Deno.renameSync(`${path}.new`, path);
}

function openTrial(journal: Journal, trial_id: string, path: string): TrialSink {
  const from = journal.bytes;
  return {
    append: (record) => journal.append({ type: "request", ...record }),
    async finish(window = null) {
      const lines = { journal: journal.path, trial_id, from, to: journal.bytes };
      await writeTrialFile(path, lines, { window: window && keptWindow(window) });
      return openTrialFile(path).requests;
    },
  };
}

/** Throws unless `dir` is absent or empty. */
export function refuseIfUsed(dir: string): void {
  let used = false;
  try {
    used = [...Deno.readDirSync(dir)].length > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) {
      throw new Error(`${dir} is a file; --output wants a folder`);
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (used) throw new Error(`${dir} is not empty; give --output a new folder`);
}

/** All that a run folder tells. */
export interface RunData {
  run_id: string;
  dir: string;
  manifest: Manifest;
  /** The last state of each launch and trial, in running order. */
  launches: LaunchRecord[];
  trials: TrialRecord[];
  /** In the plan's order; each trial's are read when they are asked for. */
  requests: RunRequests;
  /** Of entries that were asked the accuracy items; absent in older runs. */
  accuracy?: AccuracyRecord[];
  /** Empty for runs that were not watched. */
  telemetry: Telemetry;
  /** What was damaged or unfinished, a sentence each. */
  problems: string[];
}

/**
 * Reads what a run left, finished or not. Damaged lines and files are listed in `problems`.
 * Throws if there is no readable manifest, since numbers without their conditions mean nothing.
 */
export function readRunFolder(dir: string): RunData {
  const begun = readManifest(dir);
  const files = openStoredTrials(dir);
  const { states, requests: ranges, problems } = readJournal(dir, new Set(files.stored.keys()));
  problems.push(...files.leftOver);
  const manifest = withPlanned(begun, states);
  const planned = plannedTrials(manifest.plan).map(({ trial_id }) => trial_id);
  const launches = new Map<string, LaunchRecord>();
  const trials = new Map<string, TrialRecord>();
  const accuracy: AccuracyRecord[] = [];
  let finished = false;
  for (const { type, ...line } of states) {
    if (type === "launch") launches.set((line as LaunchRecord).launch_id, line as LaunchRecord);
    if (type === "trial") trials.set((line as TrialRecord).trial_id, line as TrialRecord);
    if (type === "accuracy") accuracy.push(line as AccuracyRecord);
    if (type === "run") finished = (line as { state: string }).state === "finished";
  }
  const ended = [...trials.keys()];
  const requests = withJournaled(files, { dir, planned, ended, ranges, problems });
  const telemetry = readTelemetry(dir, problems);
  if (!finished) problems.push("the run did not finish; what it had measured until then is shown");
  markSimulated(manifest.plan.launches, launches);
  const data = { manifest, launches: [...launches.values()], trials: [...trials.values()] };
  const told = accuracy.length === 0 ? {} : { accuracy };
  return { run_id: manifest.run_id, dir, ...data, ...told, requests, telemetry, problems };
}

/** Only its log shows a stand-in for what it is, so the plan did not know. */
function markSimulated(planned: PlannedLaunch[], launches: ReadonlyMap<string, LaunchRecord>) {
  for (const { launch_id, trials } of planned) {
    if (!launches.get(launch_id)?.simulated) continue;
    for (const trial of trials) trial.simulated = true;
  }
}

/** With the launches that were planned while the run went on. */
function withPlanned(manifest: Manifest, states: JournalIndex["states"]): Manifest {
  const launches = new Map(
    manifest.plan.launches.map((launch) => [launch.launch_id, launch]),
  );
  const arrivals = { ...manifest.plan.arrivals };
  for (const line of states) {
    if (line.type !== "planned") continue;
    const { arrivals: lists, ...launch } = line;
    launches.set(launch.launch_id, launch as PlannedLaunch);
    Object.assign(arrivals, lists);
  }
  const plan = { ...manifest.plan, launches: [...launches.values()] };
  if (Object.keys(arrivals).length > 0) plan.arrivals = arrivals;
  return { ...manifest, plan: withLoads(plan) };
}

function readManifest(dir: string): Manifest {
  const path = join(dir, "manifest.json");
  try {
    const manifest = JSON.parse(Deno.readTextFileSync(path)) as Manifest | null;
    if (manifest?.form !== 1) throw new Error("it says no form that this version knows");
    if (!manifest.plan || !manifest.config) throw new Error("it lacks the plan or the config");
    return manifest;
  } catch (error) {
    const seen = error instanceof Deno.errors.NotFound
      ? "is missing"
      : `cannot be read: ${(error as Error).message}`;
    throw new Error(
      `${path} ${seen}; is ${basename(dir)} a run folder, as printed by "deno task bench"?`,
    );
  }
}

function readJournal(dir: string, stored: ReadonlySet<string>): JournalIndex {
  try {
    return indexJournal(join(dir, JOURNAL), stored);
  } catch {
    const problems = [`${basename(dir)}/${JOURNAL} is missing or unreadable`];
    return { states: [], requests: new Map(), problems };
  }
}
