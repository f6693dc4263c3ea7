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

/** What only a run in progress needs: requests that wait, parts of files and unfinished ones. */
const LEFT_OVER = /\.requests\.(warmup|measured)$|\.parquet\.parts$|\.tmp$/;

export interface StoredTrials {
  /** The run's Parquet files by trial. */
  stored: Map<string, StoredTrial>;
  /** Why other trials' files cannot be opened. */
  damaged: Map<string, unknown>;
  /** A sentence for each file that a killed run has left behind. */
  leftOver: string[];
}

export function openStoredTrials(dir: string): StoredTrials {
  const found: StoredTrials = { stored: new Map(), damaged: new Map(), leftOver: [] };
  for (const name of namesIn(join(dir, "trials"))) {
    if (LEFT_OVER.test(name)) {
      found.leftOver.push(
        `trials/${name} holds nothing that was measured; unless the run still goes on it was left ` +
          "by one that was killed and may be deleted",
      );
    }
    if (!name.endsWith(ENDING)) continue;
    const trial_id = name.slice(0, -ENDING.length);
    try {
      found.stored.set(trial_id, openTrialFile(join(dir, "trials", name)));
    } catch (error) {
      found.damaged.set(trial_id, error);
    }
  }
  return found;
}

interface Journaled {
  dir: string;
  planned: readonly string[];
  /** Trials that have ended, and so have had a file. */
  ended: readonly string[];
  ranges: ReadonlyMap<string, LineRange>;
  /** What is damaged is added here, some of it only when it is read. */
  problems: string[];
}

/** The requests of all planned trials that have any: out of files, and out of the journal for the rest. */
export function withJournaled(
  { stored, damaged }: StoredTrials,
  { dir, planned, ended, ranges, problems }: Journaled,
): RunRequests {
  const tell = (trial_id: string, what: string) => {
    const instead = ranges.has(trial_id)
      ? "the journal's lines are used"
      : "the journal has no lines of its requests, so they are lost unless the file is restored";
    problems.push(`trials/${trial_id}${ENDING} ${what}; ${instead}`);
  };
  const broken = (error: unknown) => `is damaged (${(error as Error).message})`;
  for (const [trial_id, error] of damaged) tell(trial_id, broken(error));
  for (const trial_id of ended) {
    if (!stored.has(trial_id) && !damaged.has(trial_id)) tell(trial_id, "is missing");
  }
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
      tell(trial_id, broken(error));
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

function namesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
