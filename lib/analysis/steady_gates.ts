/** Whether a trial's server was steady, and in which part of its window (method note 2.2). */
import { linearRegression, mean } from "simple-statistics";
import type { PlannedTrial } from "@/config/plan.ts";
import type { SteadyWindow, TrialRecord } from "@/records/trial_record.ts";
import type { TimeWindow, TrialRequests } from "@/records/trial_requests.ts";
import { mannKendall } from "./statistics/mann_kendall.ts";
import {
  offersSteadily,
  percent,
  RATE_TOLERANCE,
  roomOf,
  steadyWindow,
  tokensBySecond,
  TTFT_TOLERANCE,
} from "./steady_window.ts";
import type { Gate } from "./summary_row.ts";

/** The gate of start-up that is left in TTFT. */
export const STEADY_TTFT = "steady TTFT";

const DRIFT_SLICE_S = 10;
/** Mann-Kendall on fewer values cannot reach p < 0.01. */
const FEWEST_DRIFT_SLICES = 6;
const P_LIMIT = 0.01;

export interface Steadiness {
  /** What the trial's numbers are taken from; null for a trial that has no window. */
  window: TimeWindow | null;
  /** Start-up before it that is left out, in seconds. */
  cut_s: number;
  /** What was left out and why, and whether what is left drifts. */
  gates: Gate[];
}

/** The steady window of a trial, as its record has it or, in an older run, as its requests tell it. */
export function steadiness(
  trial: Steadied,
  record: Pick<TrialRecord, "window_start_ms" | "window_end_ms" | "window"> | null,
  requests: TrialRequests | null,
): Steadiness {
  const times = recordedWindow(record);
  if (!offersSteadily(trial)) return { window: times, cut_s: 0, gates: [] };
  const perSecond = times && requests ? tokensBySecond(requests, times) : [];
  const counted = record?.window ?? (times && computed(trial, times, requests, perSecond));
  const cut_s = counted?.cut_s ?? 0;
  const gates = [...startUp(trial, counted), drift(inTens(perSecond.slice(Math.ceil(cut_s))))];
  const window = counted && { start_ms: counted.start_ms, end_ms: counted.end_ms };
  return { window, cut_s, gates };
}

type Steadied = Pick<PlannedTrial, "load" | "probe" | "workload_kind">;

function recordedWindow(
  record: Pick<TrialRecord, "window_start_ms" | "window_end_ms"> | null,
): TimeWindow | null {
  const { window_start_ms: start_ms = null, window_end_ms: end_ms = null } = record ?? {};
  return start_ms === null || end_ms === null ? null : { start_ms, end_ms };
}

/** Of an older run. What its search decided was decided by all requests of each probe. */
function computed(
  trial: Steadied,
  times: TimeWindow,
  requests: TrialRequests | null,
  perSecond: readonly number[],
): SteadyWindow | null {
  const whole = { ...times, cut_s: 0, cut_by: null, unsteady: [] };
  if (requests === null) return { ...whole, found: "no requests to tell it by" };
  if (trial.probe !== undefined) return { ...whole, found: "not sought in this older search" };
  return steadyWindow(trial, requests, times, perSecond);
}

/** Two gates, since start-up in TTFT alone is no doubt of a rate. */
function startUp(trial: Steadied, window: SteadyWindow | null): Gate[] {
  const { left_s } = roomOf(trial);
  const { found = "no window", unsteady = [] } = window ?? {};
  const limit = (mean: string, tolerance: number) =>
    `start-up that moves the mean ${mean} by more than ${
      100 * tolerance
    } %, beyond noise, ends in ` +
    `the first half${left_s > 0 ? ` and leaves ${left_s} s behind it` : ""}`;
  const base = { value: found, cause: "plan", fails_to: "SUSPECT" } as const;
  return [
    {
      gate: "steady state",
      limit: limit("rate", RATE_TOLERANCE),
      pass: !unsteady.includes("output tokens"),
      ...base,
    },
    {
      gate: STEADY_TTFT,
      limit: limit("TTFT", TTFT_TOLERANCE),
      pass: !unsteady.includes("TTFT"),
      ...base,
    },
  ];
}

/** A trend over the window, in tokens of ten seconds each. */
function drift(perSlice: number[]): Gate {
  const base = {
    gate: "drift",
    limit: `no trend (p < ${P_LIMIT}) above ${100 * RATE_TOLERANCE} % over the window`,
    cause: "environment",
    fails_to: "SUSPECT",
  } as const;
  if (perSlice.length < FEWEST_DRIFT_SLICES) {
    const [seen_s, wanted_s] = [perSlice.length, FEWEST_DRIFT_SLICES].map((n) => n * DRIFT_SLICE_S);
    const value = `window too short to tell: ${seen_s} s of ${wanted_s} s`;
    return { ...base, value, pass: true };
  }
  const { p } = mannKendall(perSlice);
  const { m } = linearRegression(perSlice.map((rate, i) => [i, rate]));
  const change = m * (perSlice.length - 1) / mean(perSlice);
  return {
    ...base,
    value: `${percent(change)} over ${perSlice.length * DRIFT_SLICE_S} s, p ${p.toPrecision(2)}`,
    pass: !(p < P_LIMIT && Math.abs(change) > RATE_TOLERANCE),
  };
}

function inTens(perSecond: number[]): number[] {
  return Array.from(
    { length: Math.floor(perSecond.length / DRIFT_SLICE_S) },
    (_, i) => perSecond.slice(DRIFT_SLICE_S * i, DRIFT_SLICE_S * (i + 1)).reduce((a, b) => a + b),
  );
}
