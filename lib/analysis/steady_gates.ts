/** Where a trial's steady window begins, and whether the server was steady in it (method note 2.2). */
import { linearRegression, mean, sampleStandardDeviation } from "simple-statistics";
import { secondsOf } from "@/records/token_seconds.ts";
import type { TrialRequests } from "@/records/trial_requests.ts";
import { effectiveSampleSize } from "./statistics/effective_sample_size.ts";
import { mannKendall } from "./statistics/mann_kendall.ts";
import { mser5 } from "./statistics/mser5.ts";
import type { Gate } from "./summary_row.ts";

const START_SLICE_S = 1;
/** Four batches of five seconds; below that MSER-5 is never settled. */
const FEWEST_START_SLICES = 20;
const DRIFT_SLICE_S = 10;
/** Mann-Kendall on fewer values cannot reach p < 0.01. */
const FEWEST_DRIFT_SLICES = 6;
/** What the start or a drift may change of the mean rate. */
const TOLERANCE = 0.03;
const P_LIMIT = 0.01;
/** MSER-5 is made for means; so much more of the start-up that it finds is cut off. */
const QUANTILES_SETTLE_LATER = 0.2;

type Times = { start_ms: number; end_ms: number };

export interface Steadiness {
  /** The window without the start-up that was found in it: what the trial's numbers are taken from. */
  window: Times | null;
  /** What was cut off and why, and whether what is left drifts. */
  gates: Gate[];
}

/** The steady window of a trial. One too short to tell of is left as it is, passes and says so. */
export function steadiness(requests: TrialRequests | null, times: Times | null): Steadiness {
  const perSecond = rates(requests, times);
  const { cut_s, gate } = startUp(perSecond);
  const window = times && { ...times, start_ms: times.start_ms + 1000 * cut_s };
  return { window, gates: [gate, drift(inTens(perSecond.slice(cut_s / START_SLICE_S)))] };
}

/**
 * Start-up that MSER-5 finds in the tokens of each second is cut off where it moves the mean rate. Where
 * it may reach into the second half, or leaves too little to tell a drift, a longer trial is wanted.
 */
function startUp(perSecond: number[]): { cut_s: number; gate: Gate } {
  const base = {
    gate: "steady state",
    limit:
      `start-up that moves the mean rate by more than ${100 * TOLERANCE} %, beyond noise, leaves ` +
      `${FEWEST_DRIFT_SLICES * DRIFT_SLICE_S} s behind it`,
    cause: "plan",
    fails_to: "SUSPECT",
  } as const;
  if (perSecond.length < FEWEST_START_SLICES) {
    const short = tooShort(perSecond, START_SLICE_S, FEWEST_START_SLICES);
    return { cut_s: 0, gate: { ...base, ...short } };
  }
  const { discard, settled } = mser5(perSecond);
  const found = settled ? discard : Math.floor(perSecond.length / 2);
  const [start, rest] = [perSecond.slice(0, found), perSecond.slice(found)];
  const moved = mean(perSecond) / mean(rest) - 1;
  const matters = Math.abs(moved) > TOLERANCE && standsOut(start, rest);
  const wanted_s = Math.ceil(found * (1 + QUANTILES_SETTLE_LATER)) * START_SLICE_S;
  const left_s = perSecond.length * START_SLICE_S - wanted_s;
  const pays = settled && matters && left_s >= FEWEST_DRIFT_SLICES * DRIFT_SLICE_S;
  const where = settled ? `${found} s of ${perSecond.length} s` : "the first half and perhaps more";
  const value = found === 0
    ? "none found"
    : `${where} taken for start-up, ${percent(moved)} of the rate`;
  return {
    cut_s: pays ? wanted_s : 0,
    gate: {
      ...base,
      value: pays ? `${value}: the first ${wanted_s} s are not counted` : value,
      pass: pays || !matters,
    },
  };
}

/** MSER-5 also cuts noise off; a start counts where its mean is three standard errors off the rest. */
function standsOut(start: number[], rest: number[]): boolean {
  const { n_eff } = effectiveSampleSize(rest);
  const error = sampleStandardDeviation(rest) * Math.sqrt(1 / start.length + 1 / n_eff);
  return Math.abs(mean(start) - mean(rest)) > 3 * error;
}

/** A trend over the window, in tokens of ten seconds each. */
function drift(perSlice: number[]): Gate {
  const base = {
    gate: "drift",
    limit: `no trend (p < ${P_LIMIT}) above ${100 * TOLERANCE} % over the window`,
    cause: "environment",
    fails_to: "SUSPECT",
  } as const;
  if (perSlice.length < FEWEST_DRIFT_SLICES) {
    return { ...base, ...tooShort(perSlice, DRIFT_SLICE_S, FEWEST_DRIFT_SLICES) };
  }
  const { p } = mannKendall(perSlice);
  const { m } = linearRegression(perSlice.map((rate, i) => [i, rate]));
  const change = m * (perSlice.length - 1) / mean(perSlice);
  return {
    ...base,
    value: `${percent(change)} over ${perSlice.length * DRIFT_SLICE_S} s, p ${p.toPrecision(2)}`,
    pass: !(p < P_LIMIT && Math.abs(change) > TOLERANCE),
  };
}

function tooShort(slices: number[], slice_s: number, fewest: number) {
  const value = `window too short to tell: ${slices.length * slice_s} s of ${fewest * slice_s} s`;
  return { value, pass: true };
}

/** Output tokens in each whole slice of the window; each event carries N/K of them. */
function rates(requests: TrialRequests | null, times: Times | null): number[] {
  if (requests === null || times === null) return [];
  const seconds = secondsOf(times);
  return seconds.count < 1 ? [] : requests.tokensBySlice(seconds);
}

function inTens(perSecond: number[]): number[] {
  const each = DRIFT_SLICE_S / START_SLICE_S;
  return Array.from(
    { length: Math.floor(perSecond.length / each) },
    (_, i) => perSecond.slice(each * i, each * (i + 1)).reduce((sum, n) => sum + n),
  );
}

function percent(share: number): string {
  return `${share > 0 ? "+" : ""}${(100 * share).toFixed(1)} %`;
}
