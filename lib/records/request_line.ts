/**
 * How a request record stands in the journal. Its times are rounded to whole microseconds and its
 * token times are kept as `token_us`: the first in microseconds from the trial's origin, then the
 * difference to the one before. Older journals hold `token_ms`, in milliseconds and unrounded.
 */
import type { RequestRecord } from "./request_record.ts";

export type RequestLine = Omit<RequestRecord, "token_ms"> & { token_us: number[] };

const TIMES = [
  "scheduled_ms",
  "sent_ms",
  "headers_ms",
  "role_ms",
  "first_token_ms",
  "last_token_ms",
  "end_ms",
] as const satisfies (keyof RequestRecord)[];

/** The record as the journal keeps it: a third of the bytes, off by half a microsecond at most. */
export function toRequestLine({ token_ms, ...rest }: RequestRecord): RequestLine {
  const line = { ...rest, token_us: differences(token_ms.map((ms) => Math.round(ms * 1000))) };
  for (const name of TIMES) line[name] = wholeMicroseconds(line[name]) as number;
  return line;
}

/** Milliseconds rounded to whole microseconds; null stays null. */
export function wholeMicroseconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}

/** The record of a line of either form. */
export function fromRequestLine(line: RequestLine | RequestRecord): RequestRecord {
  if (!("token_us" in line)) return line;
  const { token_us, ...rest } = line;
  let at_us = 0;
  return { ...rest, token_ms: token_us.map((step) => (at_us += step) / 1000) };
}

function differences(values: number[]): number[] {
  return values.map((value, i) => i === 0 ? value : value - values[i - 1]!);
}
