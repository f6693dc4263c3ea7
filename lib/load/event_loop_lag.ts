/** Watches whether this process gets its turn in time: how late a 10 ms timer fires. */
import { max, quantile } from "simple-statistics";

const PERIOD_MS = 10;

export interface LagReport {
  event_loop_lag_ms_p99: number | null;
  event_loop_lag_ms_max: number | null;
}

/** Starts the probe; the returned function stops it and tells how late the timer was. */
export function watchEventLoop(now: () => number = () => performance.now()): () => LagReport {
  const lags_ms: number[] = [];
  let due_ms = now() + PERIOD_MS;
  const timer = setInterval(() => {
    const at_ms = now();
    lags_ms.push(Math.max(0, at_ms - due_ms));
    due_ms = at_ms + PERIOD_MS;
  }, PERIOD_MS);
  return () => {
    clearInterval(timer);
    if (lags_ms.length === 0) return { event_loop_lag_ms_p99: null, event_loop_lag_ms_max: null };
    return {
      event_loop_lag_ms_p99: quantile(lags_ms, 0.99),
      event_loop_lag_ms_max: max(lags_ms),
    };
  };
}
