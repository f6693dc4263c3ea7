/** Whether requests arrived as they were planned. */
import { indexOfDispersion } from "@/config/arrivals/arrival_statistics.ts";

/** Relative difference of the rates, and difference of the indices of dispersion, that are let pass. */
export const RATE_LIMIT = 0.005;
export const DISPERSION_LIMIT = 0.05;

interface Side {
  count: number;
  rate_per_s: number;
  /** Over windows of a second from the first arrival; null for a list too short. */
  dispersion: number | null;
}

export interface ArrivalAudit {
  planned: Side;
  seen: Side;
  rate_error: number;
  dispersion_error: number | null;
  pass: boolean;
}

/** The plan's times against a server's, each on its own clock. */
export function auditArrivals(
  planned_ms: readonly number[],
  seen_ms: readonly number[],
): ArrivalAudit {
  const [planned, seen] = [sideOf(planned_ms), sideOf(seen_ms)];
  const rate_error = seen.rate_per_s / planned.rate_per_s - 1;
  const dispersion_error = planned.dispersion === null || seen.dispersion === null
    ? null
    : seen.dispersion - planned.dispersion;
  const pass = planned.count === seen.count && Math.abs(rate_error) <= RATE_LIMIT &&
    dispersion_error !== null && Math.abs(dispersion_error) <= DISPERSION_LIMIT;
  return { planned, seen, rate_error, dispersion_error, pass };
}

function sideOf(times_ms: readonly number[]): Side {
  const sorted = times_ms.toSorted((a, b) => a - b);
  const span_s = ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / 1000;
  return {
    count: sorted.length,
    rate_per_s: (sorted.length - 1) / span_s,
    dispersion: indexOfDispersion(sorted),
  };
}
