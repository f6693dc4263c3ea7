/** The requests of one trial, read anew each time they are asked for. */
import type { RequestRecord } from "./request_record.ts";

/** A request without its token times, of which only the number is told. */
export type RequestRow = Omit<RequestRecord, "token_ms"> & {
  /** Events that carried text: the length of `token_ms`. */
  text_events: number;
};

export interface TrialRequests {
  /** The whole requests. Their token times take much memory. */
  records(): RequestRecord[];
  /** Of each request the columns that are named. */
  select<K extends keyof RequestRow>(columns: readonly K[]): Pick<RequestRow, K>[];
  /** When each event with text of each request arrived, in milliseconds on the trial's clock. */
  tokenTimes(): ArrayLike<number>[];
  /** How many of each request's events with text arrived in the window, its edges included. */
  eventsInside(window: TimeWindow): ArrayLike<number>;
  /**
   * Output tokens of the measured requests that succeeded in each slice of time. Each event with text
   * carries N/K tokens, N from usage and K such events.
   */
  tokensBySlice(slices: TimeSlices): number[];
  sendOrder(): SendOrder;
  /** Whether any request has a value in that column. */
  tells(column: keyof RequestRow): boolean;
}

/** Measured requests of one trial in the order of their sends. */
export interface SendOrder {
  /** When each that was answered was sent, on the trial's clock. */
  sent_ms: Float64Array;
  /** Its TTFT from when it was due, in the same order. */
  ttft_ms: Float64Array;
  /** When the last of the users had its first request ended; null where no user is told. */
  every_user_ended_ms: number | null;
}

/** On the trial's clock. */
export interface TimeWindow {
  start_ms: number;
  end_ms: number;
}

/** `count` slices of equal length, from `start_ms` on. */
export interface TimeSlices {
  start_ms: number;
  slice_ms: number;
  count: number;
}

/** By trial; a trial without requests is not in it. */
export type RunRequests = ReadonlyMap<string, TrialRequests>;

/** Requests that are in memory, or that `read` brings there. */
export function wholeRequests(read: () => RequestRecord[]): TrialRequests {
  return {
    records: read,
    // Whole records are rows that hold more than they are asked for.
    select: () => read().map((record) => ({ ...record, text_events: record.token_ms.length })),
    tokenTimes: () => read().map(({ token_ms }) => token_ms),
    eventsInside: (window) => read().map(({ token_ms }) => insideOf(token_ms, window)),
    tokensBySlice: (slices) => sliceTokens(read(), slices),
    sendOrder: () => orderSends(read()),
    tells: (column) =>
      read().some((record) => column === "text_events" || (record[column] ?? null) !== null),
  };
}

/** Records in memory by their trials. */
export function heldRequests(records: readonly RequestRecord[]): RunRequests {
  const trials = Map.groupBy(records, ({ trial_id }) => trial_id);
  return new Map([...trials].map(([trial_id, held]) => [trial_id, wholeRequests(() => held)]));
}

/** All requests of a run, trial after trial: for short runs. */
export function allRequests(requests: RunRequests): RequestRecord[] {
  return [...requests.values()].flatMap((trial) => trial.records());
}

/** How many of `times` lie in the window, its edges included. */
export function insideOf(times: ArrayLike<number>, { start_ms, end_ms }: TimeWindow): number {
  let inside = 0;
  for (let i = 0; i < times.length; i++) {
    if (times[i]! >= start_ms && times[i]! <= end_ms) inside++;
  }
  return inside;
}

function orderSends(records: readonly RequestRecord[]): SendOrder {
  const measured = records.filter(({ phase }) => phase === "measured")
    .sort((a, b) => a.sent_ms - b.sent_ms || a.request_index - b.request_index);
  const answered = measured.filter(({ failure, scheduled_ms, first_token_ms }) =>
    failure === null && scheduled_ms !== null && first_token_ms !== null
  );
  const firstEnds = new Map<number, number>();
  for (const { user_index, end_ms } of measured) {
    if (user_index === null) continue;
    firstEnds.set(user_index, Math.min(end_ms, firstEnds.get(user_index) ?? Infinity));
  }
  return {
    sent_ms: Float64Array.from(answered, ({ sent_ms }) => sent_ms),
    ttft_ms: Float64Array.from(answered, (each) => each.first_token_ms! - each.scheduled_ms!),
    every_user_ended_ms: firstEnds.size === 0
      ? null
      : [...firstEnds.values()].reduce((a, b) => Math.max(a, b)),
  };
}

function sliceTokens(records: readonly RequestRecord[], slices: TimeSlices): number[] {
  const sums = new Array<number>(slices.count).fill(0);
  addTokens(sums, records, slices);
  return sums;
}

/** Adds to `sums`, one a slice, what `tokensBySlice` tells of the records. */
export function addTokens(
  sums: number[],
  records: readonly RequestRecord[],
  { start_ms, slice_ms, count }: TimeSlices,
): void {
  for (const { failure, output_tokens, token_ms } of records) {
    if (failure !== null || output_tokens === null) continue;
    for (const at_ms of token_ms) {
      const slice = Math.floor((at_ms - start_ms) / slice_ms);
      if (slice >= 0 && slice < count) sums[slice]! += output_tokens / token_ms.length;
    }
  }
}
