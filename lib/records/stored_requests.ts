/** Where a run's requests are read from: each trial's Parquet file, or the journal where that is not sound. */
import { join } from "node:path";
import { JOURNAL } from "./journal.ts";
import { type LineRange, readJournaled } from "./journal_index.ts";
import { openTrialFile } from "./parquet_trial.ts";
import type { RequestRecord } from "./request_record.ts";
import { type RunRequests, type TrialRequests, wholeRequests } from "./trial_requests.ts";

const ENDING = ".parquet";

interface StoredTrial {
  requests: TrialRequests;
  count: number;
}

/** The run's Parquet files by trial, and a sentence for each that cannot be opened. */
export function openStoredTrials(
  dir: string,
): { stored: Map<string, StoredTrial>; problems: string[] } {
  const stored = new Map<string, StoredTrial>();
  const problems: string[] = [];
  for (const name of namesIn(join(dir, "trials"))) {
    if (!name.endsWith(ENDING)) continue;
    const trial_id = name.slice(0, -ENDING.length);
    try {
      stored.set(trial_id, openTrialFile(join(dir, "trials", name)));
    } catch (error) {
      problems.push(damageOf(trial_id, error));
    }
  }
  return { stored, problems };
}

interface Journaled {
  dir: string;
  planned: readonly string[];
  ranges: ReadonlyMap<string, LineRange>;
  /** What turns out to be damaged when it is read is added here. */
  problems: string[];
}

/** The requests of all planned trials that have any: out of files, and out of the journal for the rest. */
export function withJournaled(
  stored: ReadonlyMap<string, StoredTrial>,
  { dir, planned, ranges, problems }: Journaled,
): RunRequests {
  const journal = join(dir, JOURNAL);
  let last: { trial_id: string; records: RequestRecord[] } | null = null;
  const journaled = (trial_id: string) =>
    wholeRequests(() => {
      const range = ranges.get(trial_id);
      if (last?.trial_id === trial_id) return last.records;
      last = { trial_id, records: range ? readJournaled(journal, trial_id, range) : [] };
      return last.records;
    });
  return new Map(planned.flatMap((trial_id): [string, TrialRequests][] => {
    const file = stored.get(trial_id);
    if (file === undefined) return ranges.has(trial_id) ? [[trial_id, journaled(trial_id)]] : [];
    const give_up = (error: unknown) => {
      problems.push(damageOf(trial_id, error));
      return journaled(trial_id);
    };
    return file.count === 0 ? [] : [[trial_id, orElse(file.requests, give_up)]];
  }));
}

/** `requests` until reading them fails for the first time; from then on what `instead` gives. */
function orElse(
  requests: TrialRequests,
  instead: (error: unknown) => TrialRequests,
): TrialRequests {
  let source = requests;
  const tried = <T>(read: (from: TrialRequests) => T): T => {
    if (source !== requests) return read(source);
    try {
      return read(source);
    } catch (error) {
      source = instead(error);
      return read(source);
    }
  };
  return {
    records: () => tried((from) => from.records()),
    select: (columns) => tried((from) => from.select(columns)),
    tokenTimes: () => tried((from) => from.tokenTimes()),
    eventsInside: (window) => tried((from) => from.eventsInside(window)),
    tokensBySlice: (slices) => tried((from) => from.tokensBySlice(slices)),
    sendOrder: () => tried((from) => from.sendOrder()),
    tells: (column) => tried((from) => from.tells(column)),
  };
}

function damageOf(trial_id: string, error: unknown): string {
  const why = (error as Error).message;
  return `trials/${trial_id}.parquet is damaged (${why}); the journal's lines are used`;
}

function namesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
