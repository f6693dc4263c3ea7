/** One trial's word from what its workers say. Percentiles are never merged: records are, and of health the worst counts. Pure. */
import type { Load } from "@/config/load_point.ts";
import type { ClientHealth } from "@/records/trial_record.ts";
import type { ConnectionCounts, Window, WorkerResult } from "./worker_messages.ts";

/**
 * The window over all workers. A closed loop's ends when the first user of any worker finds no request
 * left, since the count in flight is then below C; an open loop's goes from the first to the last
 * scheduled time of any.
 */
export function mergedWindow(mode: Load["mode"], windows: readonly Window[]): Window {
  const known = (end: keyof Window) =>
    windows.map((window) => window[end]).filter((value) => value !== null);
  const pick = (pickOne: (...values: number[]) => number, values: number[]) =>
    values.length === 0 ? null : pickOne(...values);
  return {
    start_ms: pick(Math.min, known("start_ms")),
    end_ms: pick(mode === "closed" ? Math.min : Math.max, known("end_ms")),
  };
}

/** Lag and pauses of the worst worker, sums of what connections did, and each worker beside them. */
export function mergedHealth(results: readonly WorkerResult[]): Partial<ClientHealth> {
  const worst = (key: "event_loop_lag_ms_p99" | "event_loop_lag_ms_max") => {
    const known = results.map(({ health }) => health[key]).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const counts: ConnectionCounts = {};
  for (const { connections } of results) {
    for (const [name, count] of Object.entries(connections)) {
      const key = name as keyof ConnectionCounts;
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return {
    event_loop_lag_ms_p99: worst("event_loop_lag_ms_p99"),
    event_loop_lag_ms_max: worst("event_loop_lag_ms_max"),
    ...counts,
    gc: results.map(({ health }) => health.gc).reduce((a, b) => b.max_ms > a.max_ms ? b : a),
    workers: results.map(({ health }) => health),
  };
}
