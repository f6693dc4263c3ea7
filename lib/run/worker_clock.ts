/** Whether a worker's clock is the trial's: `performance.timeOrigin + performance.now()` of both. */

/** One question of the time: when it was asked and answered here, and what was answered. */
export interface Ping {
  asked_ms: number;
  theirs_ms: number;
  answered_ms: number;
}

/** Raw times of several workers are put side by side, so they may differ by no more. */
export const MOST_OFFSET_MS = 1;
const MOST_PINGS = 200;

/** How far the other clock is ahead, known to within `error_ms`: the answer was given while we waited. */
export function offsetOf({ asked_ms, theirs_ms, answered_ms }: Ping) {
  return {
    offset_ms: theirs_ms - (asked_ms + answered_ms) / 2,
    error_ms: (answered_ms - asked_ms) / 2,
  };
}

/** Asks until one answer shows that the clocks agree. Throws when none of them does. */
export async function checkClock(name: string, ping: () => Promise<Ping>): Promise<void> {
  let best = { offset_ms: NaN, error_ms: Infinity };
  for (let i = 0; i < MOST_PINGS; i++) {
    const offset = offsetOf(await ping());
    if (Math.abs(offset.offset_ms) + offset.error_ms <= MOST_OFFSET_MS) return;
    if (offset.error_ms < best.error_ms) best = offset;
  }
  throw new Error(
    `the clock of ${name} is ${best.offset_ms.toFixed(3)} ms ahead, known to within ${
      best.error_ms.toFixed(3)
    } ms; at most ${MOST_OFFSET_MS} ms is accepted: run again, or with \`benchmark.workers: 1\``,
  );
}
