/** What one request's times mean. Definitions: method note 1.2; failures count as infinite latency. */
import type { RequestRecord } from "@/records/request_record.ts";

/** What the metrics of a request are made of. */
export const TIMED_COLUMNS = [
  "failure",
  "scheduled_ms",
  "sent_ms",
  "first_token_ms",
  "last_token_ms",
  "output_tokens",
] as const satisfies (keyof RequestRecord)[];

export type TimedRequest = Pick<RequestRecord, (typeof TIMED_COLUMNS)[number]>;

/**
 * Milliseconds from the scheduled start to the first token; Infinity for a failed request, null where
 * an imported file does not tell a time.
 */
export function ttftMs(record: TimedRequest): number | null {
  return since(record, record.scheduled_ms, record.first_token_ms);
}

/** The same from the moment of sending. */
export function ttftFromSendMs(record: TimedRequest): number | null {
  return since(record, record.sent_ms, record.first_token_ms);
}

/** Milliseconds from the scheduled start to the last token; Infinity and null as in `ttftMs`. */
export function e2eMs(record: TimedRequest): number | null {
  return since(record, record.scheduled_ms, record.last_token_ms);
}

/** Milliseconds a token after the first, (t_L − t_1) / (N − 1); null where N < 2 leaves it undefined. */
export function tpotMs(record: TimedRequest): number | null {
  if (record.failure !== null) return Infinity;
  const { first_token_ms, last_token_ms, output_tokens } = record;
  if (first_token_ms === null || last_token_ms === null) return null;
  if (output_tokens === null || output_tokens < 2) return null;
  return (last_token_ms - first_token_ms) / (output_tokens - 1);
}

/** Milliseconds between neighbouring events with text. */
export function eventGapsMs(token_ms: readonly number[]): number[] {
  return token_ms.slice(1).map((at_ms, i) => at_ms - token_ms[i]!);
}

function since(
  record: TimedRequest,
  start_ms: number | null,
  at_ms: number | null,
): number | null {
  if (record.failure !== null) return Infinity;
  return start_ms === null || at_ms === null ? null : at_ms - start_ms;
}
