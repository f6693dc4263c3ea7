/** Which part of a trial's window its numbers come from (method notes 2.2 and 7.7). */
import { bisectLeft, deviation, mean, minIndex } from "d3-array";
import { linearRegression, linearRegressionLine } from "simple-statistics";
import type { PlannedTrial } from "@/config/plan.ts";
import { secondsOf } from "@/records/token_seconds.ts";
import type { SteadyWindow } from "@/records/trial_record.ts";
import type { SendOrder, TimeWindow, TrialRequests } from "@/records/trial_requests.ts";
import { effectiveSampleSize } from "./statistics/effective_sample_size.ts";
import { midranks } from "./statistics/midranks.ts";
import { BATCH, mser5 } from "./statistics/mser5.ts";

/** Four batches of five; below that MSER-5 is never settled. */
const FEWEST_VALUES = 20;
/** What the start may change of the mean rate, and of the mean TTFT: as their margins of 5 and 10 %. */
export const RATE_TOLERANCE = 0.03;
export const TTFT_TOLERANCE = 0.06;
/** MSER-5 is made for means; so much more of the start-up that it finds is cut off. */
const QUANTILES_SETTLE_LATER = 0.2;
/** A longer series is looked at in so many means. */
const MOST_MEANS = 4096;

/** What is asked of a window before start-up is sought in it, and of what a cut leaves. */
interface Room {
  shortest_s: number;
  left_s: number;
  /** A cut is made at a whole number of these. */
  unit_s: number;
}

/** What is left must tell a drift. */
const OF_A_TRIAL: Room = { shortest_s: 20, left_s: 60, unit_s: 1 };
/** A search counts requests, not seconds, and what a cut takes from one look it makes up in the next. */
const OF_A_PROBE: Room = { shortest_s: 0, left_s: 0, unit_s: 0.001 };

export const roomOf = ({ probe }: Pick<PlannedTrial, "probe">): Room =>
  probe === undefined ? OF_A_TRIAL : OF_A_PROBE;

/** Start-up that one series tells of. */
interface StartUp {
  by: "output tokens" | "TTFT";
  /** Seconds from the window's start. */
  found_s: number;
  /** False where it may reach into the second half. */
  settled: boolean;
  /** What it changes of the series' mean, as a share. */
  moved: number;
}

/**
 * The steady part of the window `times` of `trial`: from the latest of
 *
 * - the MSER-5 point of the output tokens of each second (`perSecond`), and a fifth more;
 * - the MSER-5 point of TTFT in the order of the sends, and a fifth more;
 * - the end of a closed loop's first round, when every user has finished a request.
 *
 * MSER-5 also cuts noise off, so a point counts only where the start moves the mean (of the rate by 3 %,
 * of TTFT by 6 %) and its ranks stand three standard errors off the rest, correlation considered. Where a
 * series has not settled in the first half, or a cut leaves less than 60 s, nothing is cut and `unsteady`
 * says in what: a longer trial is wanted. A window of less than 20 s is left as it is and says so.
 *
 * The first round cuts nothing by itself. Every user has had an answer before the window begins, since
 * the same users, over the same connections, send the warm-up, two requests each (a gate of its own tells
 * of fewer), and the last of them lead into the window without a pause. Where a round shows all the same,
 * as in older runs, whose users all began at once, TTFT tells it, and then the whole round goes; where it
 * does not, a tenth of the requests would be lost for nothing. A ramp's window begins later, and most of
 * its users have finished one by then.
 *
 * TTFT is not asked of conversations, whose prompts grow from turn to turn for all users alike. A probe of a
 * search is an open load and may be of any length; what its cut leaves need not last 60 s. Null for a load
 * that changes by design.
 */
export function steadyWindow(
  trial: Pick<PlannedTrial, "load" | "probe" | "workload_kind">,
  requests: TrialRequests,
  times: TimeWindow,
  perSecond?: readonly number[],
): SteadyWindow | null {
  if (!offersSteadily(trial)) return null;
  const room = roomOf(trial);
  const length_s = (times.end_ms - times.start_ms) / 1000;
  const whole = { ...times, cut_s: 0, cut_by: null, unsteady: [] };
  if (length_s < room.shortest_s) {
    const found = `window too short to tell: ${Math.floor(length_s)} s of ${room.shortest_s} s`;
    return { ...whole, found };
  }
  const order = requests.sendOrder();
  const ttft = ttftSince(order, times.start_ms);
  const turns = trial.workload_kind === "multi_turn";
  const untold = turns
    ? "; TTFT follows the turns and was not asked"
    : ttft.values.length < FEWEST_VALUES
    ? `; TTFT of ${ttft.values.length} answers tells nothing, ${FEWEST_VALUES} are needed`
    : "";
  const startUps = [
    inTokens(perSecond ?? tokensBySecond(requests, times)),
    turns ? null : inTtft(ttft, times),
  ].filter((each) => each !== null);
  if (startUps.length === 0) return { ...whole, found: `none found${untold}` };
  const found = `taken for start-up: ${startUps.map((each) => inWords(each, length_s)).join("; ")}`;
  const round_ms = trial.load.mode === "closed" ? order.every_user_ended_ms : null;
  const cut = latestEnd(startUps, round_ms === null ? 0 : (round_ms - times.start_ms) / 1000, room);
  const settled = startUps.every((each) => each.settled);
  if (!settled || length_s - cut.cut_s < room.left_s) {
    return { ...whole, found: found + untold, unsteady: startUps.map(({ by }) => by) };
  }
  const decided = `: the first ${cut.cut_s} s are not counted, by ${cut.cut_by}`;
  const start_ms = times.start_ms + 1000 * cut.cut_s;
  return { ...whole, ...cut, start_ms, found: found + decided + untold };
}

/** Where start-up is over in all series, and in a closed loop its first round. */
function latestEnd(startUps: readonly StartUp[], round_s: number, room: Room) {
  const ends: Pick<SteadyWindow, "cut_by" | "cut_s">[] = startUps.map(({ by, found_s }) => ({
    cut_by: by,
    cut_s: roundUp(found_s * (1 + QUANTILES_SETTLE_LATER), room),
  }));
  ends.push({ cut_by: "first round", cut_s: roundUp(round_s, room) });
  return ends.reduce((latest, end) => end.cut_s > latest.cut_s ? end : latest);
}

/** A ramp, steps or a trace change their rate by design. */
export function offersSteadily({ load: { mode } }: Pick<PlannedTrial, "load">): boolean {
  return mode === "closed" || mode === "constant" || mode === "poisson" || mode === "gamma";
}

/** Output tokens in each whole second of the window; each event carries N/K of them. */
export function tokensBySecond(requests: TrialRequests, times: TimeWindow): number[] {
  const seconds = secondsOf(times);
  return seconds.count < 1 ? [] : requests.tokensBySlice(seconds);
}

function inTokens(perSecond: readonly number[]): StartUp | null {
  const startUp = startUpIn(Float64Array.from(perSecond), RATE_TOLERANCE);
  return startUp && { by: "output tokens", found_s: startUp.found, ...startUp };
}

/** Of the requests sent since the window began, in their order. */
function ttftSince({ sent_ms, ttft_ms }: SendOrder, start_ms: number) {
  const before = bisectLeft(sent_ms, start_ms);
  return { sent_ms: sent_ms.subarray(before), values: ttft_ms.subarray(before) };
}

function inTtft(
  { sent_ms, values }: ReturnType<typeof ttftSince>,
  { start_ms }: TimeWindow,
): StartUp | null {
  const startUp = startUpIn(values, TTFT_TOLERANCE);
  if (startUp === null) return null;
  return { by: "TTFT", found_s: (sent_ms[startUp.found]! - start_ms) / 1000, ...startUp };
}

/**
 * The values that are start-up, if any: half of them where the series has not settled by then. A minimum in
 * the second half that is chance, since the halves are alike, does not hide one in the first.
 */
function startUpIn(series: Float64Array, tolerance: number) {
  if (series.length < FEWEST_VALUES) return null;
  const { settled, statistic } = mser5(series);
  const startUp = (found: number, settled: boolean) => {
    const moved = mean(series)! / mean(series.subarray(found))! - 1;
    // A server that went silent in the rest had no start-up.
    const matters = Number.isFinite(moved) && Math.abs(moved) > tolerance;
    return matters && standsOut(series, found) ? { found, settled, moved } : null;
  };
  const unsettled = settled ? null : startUp(Math.floor(series.length / 2), false);
  const first = BATCH * minIndex(statistic);
  return unsettled ?? (first === 0 ? null : startUp(first, true));
}

/**
 * Whether the first `found` values are three standard errors off the rest by their ranks, both taken for
 * as few values as their correlation leaves (that of the rest about its trend, which is no noise). A slow
 * request of a skewed latency has but one rank: of 600 series of 360 lognormal values (σ = 1,
 * autoregressive by 0.8) means took 13 % for start-up, ranks 1.5 %.
 */
function standsOut(series: Float64Array, found: number): boolean {
  const each = Math.ceil(series.length / MOST_MEANS);
  const means = Array.from(
    { length: Math.floor(series.length / each) },
    (_, i) => mean(series.subarray(each * i, each * (i + 1)))!,
  );
  const ranks = midranks(means);
  const start = ranks.slice(0, Math.max(1, Math.round(found / each)));
  const rest = ranks.slice(start.length);
  const { tau, n_eff } = effectiveSampleSize(withoutTrend(rest));
  const error = deviation(ranks)! * Math.sqrt(1 / Math.max(1, start.length / tau) + 1 / n_eff);
  return Math.abs(mean(start)! - mean(rest)!) > 3 * error;
}

function withoutTrend(values: readonly number[]): number[] {
  const at = linearRegressionLine(linearRegression(values.map((value, i) => [i, value])));
  return values.map((value, i) => value - at(i));
}

function roundUp(seconds: number, { unit_s }: Room): number {
  // A quotient such as 18.000000000000004 is no more than 18.
  return Number((Math.ceil(Number((seconds / unit_s).toFixed(6))) * unit_s).toFixed(3));
}

function inWords({ by, found_s, settled, moved }: StartUp, length_s: number): string {
  const where = settled
    ? `${+found_s.toFixed(1)} s of ${+length_s.toFixed(1)} s`
    : "the first half and perhaps more";
  const of = by === "TTFT" ? "of its mean" : "of the rate";
  return `${where} by ${by} (${percent(moved)} ${of})`;
}

/** A change with its sign. */
export function percent(share: number): string {
  return `${share > 0 ? "+" : ""}${(100 * share).toFixed(1)} %`;
}
