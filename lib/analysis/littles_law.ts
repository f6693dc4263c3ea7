/**
 * Little's law: mean requests in flight = rate × mean time in the system (method note 2.2.7).
 */
import type { SummarizedRequest } from "./summarized_request.ts";

/**
 * Both sides of it. `counted` comes from the count that the client kept as it sent, `expected` from
 * the times of the requests on record, so a lost record, a wrong time or a wrong count tells.
 */
export interface LittleSides {
  counted: number;
  expected: number;
}

/** Both sides over all measured requests, from the first send to the last end; null without any or without
 * the count, as in imported ones. */
export function littleSides(
  records: readonly SummarizedRequest[],
): LittleSides | null {
  if (records.some(({ in_flight }) => in_flight === null)) return null;
  const sends = records.toSorted((a, b) => a.sent_ms - b.sent_ms);
  const ends = records.map(({ end_ms }) => end_ms).sort((a, b) => a - b);
  const [first, last_ms] = [sends[0], ends.at(-1)];
  if (first === undefined || !(last_ms! > first.sent_ms)) return null;
  const length_ms = last_ms! - first.sent_ms;
  let busy_ms = 0;
  let end = 0;
  sends.forEach(({ sent_ms, in_flight }, i) => {
    const until_ms = sends[i + 1]?.sent_ms ?? last_ms!;
    busy_ms += in_flight! * (until_ms - sent_ms);
    // What ended since the last send is no longer in the count of this one.
    while (ends[end]! <= sent_ms) end++;
    for (; end < ends.length && ends[end]! <= until_ms; end++) busy_ms -= until_ms - ends[end]!;
  });
  const time_ms = records.reduce((sum, { sent_ms, end_ms }) => sum + end_ms - sent_ms, 0);
  return { counted: busy_ms / length_ms, expected: time_ms / length_ms };
}
