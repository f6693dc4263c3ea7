/** What happened inside a trial's window: from the first measured send until in-flight first falls below C. */
import type { RequestRow } from "@/records/trial_requests.ts";

export interface Window {
  start_ms: number;
  end_ms: number;
}

/** The requests without those of the start-up; all where `counted_from_ms` is null. */
export function sentSince<R extends { sent_ms: number }>(
  counted_from_ms: number | null,
  requests: R[],
): R[] {
  return counted_from_ms === null
    ? requests
    : requests.filter(({ sent_ms }) => sent_ms >= counted_from_ms);
}

export interface WindowFigures {
  window_s: number;
  /** Null where an imported file does not tell when tokens came. */
  output_tokens_per_s: number | null;
  requests_per_s: number;
  /** Time-weighted mean of requests in flight. */
  in_flight_mean: number;
}

/** What counts in a window. */
type WindowedRequest = Pick<
  RequestRow,
  "sent_ms" | "end_ms" | "failure" | "output_tokens" | "text_events"
>;

/**
 * Rates and concurrency of a trial's `requests` in the window; null for an empty window. Of each
 * request's events `eventsInside` arrived in it.
 * Each event with text carries N/K tokens, N from usage and K such events; failed requests carry none.
 */
export function windowFigures(
  requests: readonly WindowedRequest[],
  eventsInside: ArrayLike<number>,
  { start_ms, end_ms }: Window,
): WindowFigures | null {
  const length_ms = end_ms - start_ms;
  if (!(length_ms > 0)) return null;
  const inside = (at_ms: number) => at_ms >= start_ms && at_ms <= end_ms;
  let tokens = 0;
  let ended = 0;
  let busy_ms = 0;
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i]!;
    busy_ms += Math.max(0, Math.min(request.end_ms, end_ms) - Math.max(request.sent_ms, start_ms));
    if (request.failure !== null) continue;
    const { text_events, output_tokens } = request;
    tokens += output_tokens === null ? NaN : eventsInside[i]! * output_tokens / text_events;
    ended += inside(request.end_ms) ? 1 : 0;
  }
  const window_s = length_ms / 1000;
  return {
    window_s,
    output_tokens_per_s: Number.isFinite(tokens) ? tokens / window_s : null,
    requests_per_s: ended / window_s,
    in_flight_mean: busy_ms / length_ms,
  };
}
