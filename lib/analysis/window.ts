/** What happened inside a trial's window: from the first measured send until in-flight first falls below C. */
import type { RequestRecord } from "@/records/request_record.ts";

export interface Window {
  start_ms: number;
  end_ms: number;
}

export interface WindowFigures {
  window_s: number;
  /** Null where an imported file does not tell when tokens came. */
  output_tokens_per_s: number | null;
  requests_per_s: number;
  /** Time-weighted mean of requests in flight. */
  in_flight_mean: number;
}

/**
 * Rates and concurrency of the measured `records` in the window; null for an empty window.
 * Each event with text carries N/K tokens, N from usage and K such events; failed requests carry none.
 */
export function windowFigures(
  records: readonly RequestRecord[],
  { start_ms, end_ms }: Window,
): WindowFigures | null {
  const length_ms = end_ms - start_ms;
  if (!(length_ms > 0)) return null;
  const inside = (at_ms: number) => at_ms >= start_ms && at_ms <= end_ms;
  let tokens = 0;
  let requests = 0;
  let busy_ms = 0;
  for (const record of records) {
    busy_ms += Math.max(0, Math.min(record.end_ms, end_ms) - Math.max(record.sent_ms, start_ms));
    if (record.failure !== null) continue;
    const { token_ms, output_tokens } = record;
    tokens += output_tokens === null
      ? NaN
      : token_ms.filter(inside).length * output_tokens / token_ms.length;
    requests += inside(record.end_ms) ? 1 : 0;
  }
  const window_s = length_ms / 1000;
  return {
    window_s,
    output_tokens_per_s: Number.isFinite(tokens) ? tokens / window_s : null,
    requests_per_s: requests / window_s,
    in_flight_mean: busy_ms / length_ms,
  };
}
