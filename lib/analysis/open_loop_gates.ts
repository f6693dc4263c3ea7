/** The checks of a trial whose requests followed a schedule. */
import { median } from "simple-statistics";
import { ttftMs } from "./request_metrics.ts";
import { mannKendall } from "./statistics/mann_kendall.ts";
import type { SummarizedRequest } from "./summarized_request.ts";
import type { Gate } from "./summary_row.ts";

/** How far the rate of the sends may be from that of the schedule, */
const RATE_TOLERANCE = 0.01;
/** unless so little time makes the difference; each request's own lateness has a gate too. */
const SPAN_TOLERANCE_MS = 20;

/** Requests really left at the planned rate. */
export function achievedRate(measured: readonly SummarizedRequest[]): Gate {
  const plannedSpan_ms = spanOf(
    measured.map(({ scheduled_ms, sent_ms }) => scheduled_ms ?? sent_ms),
  );
  const sentSpan_ms = spanOf(measured.map(({ sent_ms }) => sent_ms));
  const known = plannedSpan_ms > 0 && sentSpan_ms > 0;
  const rate = (span_ms: number) => ((measured.length - 1) / span_ms * 1000).toFixed(2);
  const off_ms = Math.abs(sentSpan_ms - plannedSpan_ms);
  return {
    gate: "achieved rate",
    value: known
      ? `${rate(sentSpan_ms)} requests/s sent, ${rate(plannedSpan_ms)} planned`
      : "too few sent",
    limit: `within ${100 * RATE_TOLERANCE} % of the plan`,
    pass: known && off_ms <= Math.max(SPAN_TOLERANCE_MS, RATE_TOLERANCE * plannedSpan_ms),
    cause: "client",
    fails_to: "SUSPECT",
  };
}

function spanOf(times_ms: number[]): number {
  const first_ms = times_ms.reduce((a, b) => Math.min(a, b), Infinity);
  const last_ms = times_ms.reduce((a, b) => Math.max(a, b), -Infinity);
  return last_ms - first_ms;
}

/** The trial in so many stretches of equally many requests. */
const STRETCHES = 10;
/** Fewer requests tell of no trend. */
const FEWEST_REQUESTS = 50;
const P_LIMIT = 0.01;
/** In-flight over the last two stretches relative to the first two; less is a drift of no matter. */
const LEAST_GROWTH = 1.25;

/**
 * A queue that grows as long as load comes: requests in flight and TTFT both rise over the trial
 * (Mann-Kendall on ten stretches, method note 2.2.5). Its latencies tell how long the trial was and
 * not how fast the server is, so no tail of them is reported.
 */
export function overSaturated(measured: readonly SummarizedRequest[]): Gate {
  const ordered = measured.toSorted((a, b) => (a.scheduled_ms ?? 0) - (b.scheduled_ms ?? 0));
  const stretches = Array.from({ length: STRETCHES }, (_, i) => {
    const [from, to] = [i, i + 1].map((n) => Math.round(n * ordered.length / STRETCHES));
    return ordered.slice(from, to);
  });
  const enough = ordered.length >= FEWEST_REQUESTS;
  const inFlight = enough
    ? stretches.map((part) => median(part.map(({ in_flight }) => in_flight ?? 0)))
    : [];
  const ttft = enough
    ? stretches.map((part) => median(part.map((record) => ttftMs(record) ?? Infinity)))
    : [];
  const saturated = enough && rises(inFlight) && rises(ttft) && growth(inFlight) >= LEAST_GROWTH;
  return {
    gate: "over-saturated",
    value: !enough
      ? `too few requests to tell (${ordered.length} of ${FEWEST_REQUESTS})`
      : `${saturated ? "over-saturated: " : ""}in flight from ${inFlight[0]} to ${
        inFlight.at(-1)
      }, TTFT from ${ttft[0]!.toFixed(0)} to ${ttft.at(-1)!.toFixed(0)} ms`,
    limit: `not both rising (p < ${P_LIMIT}) by a factor of ${LEAST_GROWTH} in flight`,
    pass: !saturated,
    cause: "server",
    fails_to: "SUSPECT",
  };
}

function rises(values: number[]): boolean {
  const { tau, p } = mannKendall(values);
  return tau > 0 && p < P_LIMIT;
}

function growth(values: number[]): number {
  return (values.at(-1)! + values.at(-2)!) / (values[0]! + values[1]!);
}
