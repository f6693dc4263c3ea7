/** Waiting for a time on the monotonic clock, closer than a timer can. */
import { setImmediate } from "node:timers";

/** A timer may fire so late (1.4–1.6 ms at its 99th percentile under Deno 2.9), so the rest is polled. */
const TIMER_LATENESS_MS = 2;
const LONGEST_TIMER_MS = 2 ** 30;

/**
 * Settles when `now()` has reached `due_ms`, or at once when `signal` aborts. Sleeps until shortly
 * before, then looks at the clock in each turn of the event loop, so that answers are still read.
 */
export async function waitUntil(
  due_ms: number,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const left_ms = due_ms - now();
    if (left_ms <= 0 || signal.aborted) return;
    if (left_ms > TIMER_LATENESS_MS) {
      await sleep(Math.min(left_ms - TIMER_LATENESS_MS, LONGEST_TIMER_MS), signal);
    } else {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
