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

/** Arrivals in the order of their times; an array is one. */
export interface ArrivalList extends Iterable<Arrival> {
  readonly length: number;
  at(index: number): Arrival | undefined;
}

/** Arrivals of which only the times are known: 8 bytes each, however many there are. */
export class TimedArrivals implements ArrivalList {
  constructor(readonly times_ms: Float64Array) {}

  get length(): number {
    return this.times_ms.length;
  }

  at(index: number): Arrival | undefined {
    const at_ms = this.times_ms[index];
    return at_ms === undefined ? undefined : { at_ms };
  }

  *[Symbol.iterator](): Generator<Arrival> {
    for (const at_ms of this.times_ms) yield { at_ms };
  }
}

/** The times of a list alone, in milliseconds from the start of the load; not to be written to. */
export function timesOf(arrivals: ArrivalList): Float64Array {
  return arrivals instanceof TimedArrivals
    ? arrivals.times_ms
    : Float64Array.from(arrivals, ({ at_ms }) => at_ms);
}

/**
 * Requests a second over a list: its gaps, not its requests, over the time from the first to the
 * last. Null below two arrivals or where all come at once.
 */
export function meanRatePerS(arrivals: ArrivalList): number | null {
  const [first, last] = [arrivals.at(0), arrivals.at(arrivals.length - 1)];
  const span_ms = first === undefined ? 0 : last!.at_ms - first.at_ms;
  return span_ms > 0 ? (arrivals.length - 1) / span_ms * 1000 : null;
}

/** Most of the ascending times within any stretch of `span_ms`. */
export function mostWithin(times_ms: ArrayLike<number>, span_ms: number): number {
  let most = 0;
  for (let first = 0, last = 0; last < times_ms.length; last++) {
    while (times_ms[last]! - times_ms[first]! > span_ms) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
