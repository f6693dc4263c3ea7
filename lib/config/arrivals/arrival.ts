/** When a request of an open loop is due, and what a trace says of it. */
export interface Arrival {
  /** Milliseconds from the start of the load, in whole microseconds. */
  at_ms: number;
  /** Length of the prompt that the trace recorded. */
  input_tokens?: number;
  /** Length of the answer that the trace recorded; it is asked for as `max_tokens`. */
  output_tokens?: number;
  /** Requests of one group began with the same tokens when the trace was taken. */
  prefix_group?: string;
  /** The prompt itself, where the trace holds it. */
  prompt?: string;
}

/**
 * Requests a second over a list: its gaps, not its requests, over the time from the first to the
 * last. Null below two arrivals or where all come at once.
 */
export function meanRatePerS(arrivals: readonly Arrival[]): number | null {
  const span_ms = arrivals.length < 2 ? 0 : arrivals.at(-1)!.at_ms - arrivals[0]!.at_ms;
  return span_ms > 0 ? (arrivals.length - 1) / span_ms * 1000 : null;
}

/** Most arrivals within any stretch of `span_ms`. */
export function mostWithin(arrivals: readonly Arrival[], span_ms: number): number {
  let most = 0;
  for (let first = 0, last = 0; last < arrivals.length; last++) {
    while (arrivals[last]!.at_ms - arrivals[first]!.at_ms > span_ms) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
