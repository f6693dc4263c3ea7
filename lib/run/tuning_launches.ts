/** The launches of a search of the tuned arm: each candidate once, for as long as its minutes last. */
import type { ArrivalList } from "@/config/arrivals/arrival.ts";
import type { PlannedLaunch, PlannedTrial } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { CandidateEntry, Tuning } from "@/config/tuning.ts";
import { planRound } from "@/config/tuning_rounds.ts";
import type { RunFolder } from "@/records/run_folder.ts";
import type { LaunchTrials } from "./run_plan.ts";

/** How long candidates take; a test has its own. */
export interface SlotClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** A signal that aborts after so many milliseconds, unless it is disposed before. */
  after(ms: number): Disposable & { signal: AbortSignal };
}

export const machineSlots: SlotClock = {
  now: () => performance.now(),
  after(ms) {
    const controller = new AbortController();
    const end = () => controller.abort(new Error("the candidate's minutes are over"));
    const timer = setTimeout(end, Math.min(ms, 2 ** 31 - 1));
    return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

interface Search {
  /** As `searchConfig` gives it. */
  config: Config;
  tuning: Tuning;
  folder: Pick<RunFolder, "plan">;
  /** Where the trials of an open load find their arrival lists; each round adds one. */
  arrivals: Record<string, ArrivalList>;
  clock: SlotClock;
  /** Filled with the minutes that each candidate took, by its name, stopping included. */
  spent_minutes: Map<string, number>;
}

const MINUTE_MS = 60_000;

/** Yields each candidate's launch when the one before is over. */
export function* tuningLaunches(search: Search): Generator<LaunchTrials> {
  const { tuning, folder, clock, spent_minutes } = search;
  for (const candidate of tuning.candidates) {
    const { name, minutes } = candidate;
    const planned: PlannedLaunch = { launch_id: `tune-${name}`, entry: name, block: 1, trials: [] };
    folder.plan(planned, {});
    const began = clock.now();
    using slot = clock.after(minutes * MINUTE_MS);
    const end_ms = began + minutes * MINUTE_MS;
    yield { planned, until: slot.signal, trials: rounds(search, candidate, planned, end_ms) };
    spent_minutes.set(name, (clock.now() - began) / MINUTE_MS);
  }
}

/**
 * Trials of the searched load, one after the other, the first in any case. None is begun that would not
 * end in time if it took as long as the longest before it. Round r asks every candidate the same.
 */
function* rounds(
  { config, tuning, folder, arrivals, clock }: Search,
  { name }: CandidateEntry,
  planned: PlannedLaunch,
  end_ms: number,
): Generator<PlannedTrial> {
  const { launch_id } = planned;
  let longest_ms = 0;
  for (let round = 1; round === 1 || clock.now() + longest_ms <= end_ms; round++) {
    const { trial, ...own } = planRound(config, tuning, { launch_id, entry: name }, round);
    Object.assign(arrivals, own.arrivals);
    const trial_id = `${trial.trial_id}-round${round}`;
    planned.trials.push({ ...trial, trial_id, round });
    folder.plan(planned, own.arrivals);
    const began = clock.now();
    yield planned.trials.at(-1)!;
    longest_ms = Math.max(longest_ms, clock.now() - began);
  }
}
