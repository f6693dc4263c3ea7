/** The clock that all processes of this machine share, and sleeping to a moment of it. */
import { setImmediate } from "node:timers";
import type { StepClock } from "./batch_engine.ts";

/** An idle timer fires up to 1.6 ms late, so the last stretch is passed awake. */
const TIMER_LATENESS_MS = 1.6;

/** Milliseconds since the epoch, monotonic within a process. */
export function machineNow(): number {
  return performance.timeOrigin + performance.now();
}

export const machineClock: StepClock = {
  now: machineNow,
  async sleepUntil(dueMs) {
    const restMs = Math.floor(dueMs - machineNow() - TIMER_LATENESS_MS);
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    // One turn of the event loop at a time, so that requests are still taken in meanwhile.
    do await new Promise<void>((resolve) => setImmediate(resolve)); while (machineNow() < dueMs);
  },
};
