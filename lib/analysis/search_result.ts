/** What a stored search found: its bracket, its probes, and whether fresh launches agree. */
import { loadPointOf } from "@/config/load_point.ts";
import { type PlannedTrial, plannedTrials } from "@/config/plan.ts";
import type { Search } from "@/config/search_schema.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { SteadyWindow } from "@/records/trial_record.ts";
import { fixed } from "./number_text.ts";
import { keptEach, sloText } from "./slo.ts";
import { type Bracket, keptOf, type Look, nextStep, type Probe, probesOf } from "./slo_search.ts";
import { shareInterval } from "./statistics/binomial_bounds.ts";
import { isotonicRegression } from "./statistics/isotonic_regression.ts";
import { sentSince } from "./window.ts";

/** All requests at one rate, search and confirmation together. */
export interface AttainmentPoint {
  rate_per_s: number;
  n: number;
  /** Sent besides, in the start-up of its trials; they do not count. */
  in_start_up: number;
  /** Independent requests that they are worth. */
  n_eff: number;
  /** Share that kept every limit, with its two-sided 95 % interval (Clopper-Pearson on `n_eff`). */
  attainment: number;
  low: number;
  high: number;
  /** The same with attainment made to fall with the rate (isotonic, weighted by `n_eff`). */
  fitted: number;
  search: Probe["verdict"] | null;
  confirmation: Probe["verdict"] | null;
}

export interface SearchResult {
  engine: string;
  simulated: boolean;
  workload: string;
  search: Search;
  bracket: Bracket;
  /** `unfinished`: the run ended before the search did. */
  outcome: "confirmed" | "undecided" | "unfinished";
  points: AttainmentPoint[];
  sentence: string;
}

/** The search of a run; null for a run that is none. */
export function searchResult(run: RunData): SearchResult | null {
  const { search } = run.manifest.config.benchmark;
  const trials = plannedTrials(run.manifest.plan).filter(({ probe }) => probe !== undefined);
  if (search === undefined || trials.length === 0) return null;
  const ended = new Map(
    run.trials.filter(({ outcome }) => outcome !== "interrupted")
      .map((record) => [record.trial_id, record]),
  );
  const looks = trials.filter(({ trial_id }) => ended.has(trial_id)).map((trial) => {
    const requests = run.requests.get(trial.trial_id)?.records() ?? [];
    return lookOf(trial, requests, search, ended.get(trial.trial_id)!.window);
  });
  const step = nextStep(search, looks);
  const { entry: engine, workload, launch_id } = trials[0]!;
  const launch = run.launches.find((launch) => launch.launch_id === launch_id);
  const simulated = launch?.simulated ?? trials[0]!.simulated;
  const probes = probesOf(looks, "search");
  const confirmations = probesOf(looks, "confirm");
  const bracket = step.do === "done" ? step.bracket : { low_per_s: null, high_per_s: null };
  const outcome = step.do === "done" ? outcomeOf(bracket, confirmations) : "unfinished";
  const result = { engine, simulated, workload, search, bracket, outcome } as const;
  const points = attainmentPoints(looks, probes, confirmations);
  return { ...result, points, sentence: sentenceOf(result, probes) };
}

/** A look, and how many requests besides were sent in its trial's start-up. */
interface SteadyLook extends Look {
  in_start_up: number;
}

/**
 * A trial as a look at its rate. Requests that were planned and are not on record kept nothing. Those sent
 * before the trial's steady window tell how an empty server fills, not how it serves at that rate (method
 * notes 2.2 and 3.5): they count neither way. Without a window, as in older runs, all count.
 */
export function lookOf(
  trial: PlannedTrial,
  records: readonly RequestRecord[],
  search: Search,
  window?: Pick<SteadyWindow, "start_ms" | "cut_s">,
): SteadyLook {
  const measured = records.filter(({ phase }) => phase === "measured")
    .sort((a, b) => (a.scheduled_ms ?? a.sent_ms) - (b.scheduled_ms ?? b.sent_ms));
  const sent = sentSince(window && window.cut_s > 0 ? window.start_ms : null, measured);
  const half = keptEach(sent, search, 0.5);
  const unsent = Array.from({ length: Math.max(0, trial.requests - measured.length) }, () => false);
  return {
    part: trial.probe!.part,
    rate_per_s: loadPointOf(trial).offered_requests_per_s!,
    n: sent.length + unsent.length,
    in_start_up: measured.length - sent.length,
    kept: keptEach(sent, search).map((condition, i) =>
      keptOf(condition, {
        kept: [...condition.each, ...unsent],
        half: [...half[i]!.each, ...unsent],
      })
    ),
  };
}

/** Confirmed: on fresh launches the lower end passes and the upper one does not. */
function outcomeOf({ low_per_s, high_per_s }: Bracket, confirmations: Probe[]) {
  const verdict = (rate: number) =>
    confirmations.find(({ rate_per_s }) => rate_per_s === rate)?.verdict;
  const holds = (low_per_s === null || verdict(low_per_s) === "pass") &&
    (high_per_s === null || verdict(high_per_s) !== "pass");
  return holds ? "confirmed" as const : "undecided" as const;
}

function attainmentPoints(looks: SteadyLook[], probes: Probe[], confirmations: Probe[]) {
  const byRate = Map.groupBy(looks, ({ rate_per_s }) => rate_per_s);
  const sums = [...byRate].sort(([a], [b]) => a - b).map(([rate_per_s, members]) => ({
    rate_per_s,
    n: members.reduce((sum, { n }) => sum + n, 0),
    in_start_up: members.reduce((sum, { in_start_up }) => sum + in_start_up, 0),
    n_eff: members.reduce((sum, { kept }) => sum + kept[0]!.n_eff, 0),
    kept: members.reduce((sum, { kept }) => sum + kept[0]!.kept, 0),
  }));
  const attainments = sums.map(({ kept, n }) => kept / n);
  const fitted = isotonicRegression(attainments, "decreasing", sums.map(({ n_eff }) => n_eff));
  const verdict = (list: Probe[], rate: number) =>
    list.find(({ rate_per_s }) => rate_per_s === rate)?.verdict ?? null;
  return sums.map(({ rate_per_s, n, in_start_up, n_eff, kept }, i): AttainmentPoint => ({
    rate_per_s,
    n,
    in_start_up,
    n_eff,
    attainment: attainments[i]!,
    ...shareInterval(n_eff * (kept / n), n_eff),
    fitted: fitted[i]!,
    search: verdict(probes, rate_per_s),
    confirmation: verdict(confirmations, rate_per_s),
  }));
}

function sentenceOf(
  { engine, search, bracket, outcome }: Pick<
    SearchResult,
    "engine" | "search" | "bracket" | "outcome"
  >,
  probes: Probe[],
): string {
  const { low_per_s: low, high_per_s: high } = bracket;
  const limits = `${fixed(100 * search.target, 0)} % of requests keep ${sloText(search.slo)}`;
  if (outcome === "unfinished") {
    return `${engine}: the search for the largest load at which ${limits} did not finish.`;
  }
  const undecided = probes.find(({ rate_per_s }) => rate_per_s === high)?.verdict === "undecided";
  const where = low === null
    ? `is not shown at any rate down to ${rate(high!)}`
    : high === null
    ? `is at least ${rate(low)}, the highest rate asked about`
    : undecided
    ? `is at least ${rate(low)}; at ${rate(high)} these data cannot tell`
    : `lies between ${rate(low)} and ${rate(high)}`;
  const agreement = outcome === "confirmed"
    ? "3 fresh launches agree"
    : "undecided, since 3 fresh launches do not agree";
  return `${engine}: the largest Poisson load at which ${limits} ${where}; ${agreement}; exploratory.`;
}

function rate(per_s: number): string {
  return `${Number(per_s.toPrecision(4))} requests/s`;
}
