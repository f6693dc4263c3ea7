/**
 * How far the truth server's clock is from the client's. Both are the machine's monotonic clock from
 * another start, so the offset never changes, and every exchange narrows it: nothing arrives before
 * it was sent.
 */
import type { RequestRecord } from "@/records/request_record.ts";
import type { TruthRecord } from "./truth_record.ts";

/** An answer as the client saw it, on one clock over all calls, and as the server knows it. */
export interface Pair {
  seen: RequestRecord;
  truth: TruthRecord;
}

/** Server's clock minus client's, from `low_ms` to `high_ms`. */
export interface ClockOffset {
  low_ms: number;
  high_ms: number;
}

/** What `pairs` leave possible of what was possible before. */
export function narrowed(pairs: readonly Pair[], before: ClockOffset = UNKNOWN): ClockOffset {
  let { low_ms, high_ms } = before;
  for (const { seen, truth } of pairs) {
    high_ms = Math.min(high_ms, truth.received_ms - seen.sent_ms);
    truth.sent_ms.forEach((sent_ms, i) => {
      const read_ms = seen.token_ms[i];
      if (read_ms !== undefined) low_ms = Math.max(low_ms, sent_ms - read_ms);
    });
  }
  return { low_ms, high_ms };
}

const UNKNOWN: ClockOffset = { low_ms: -Infinity, high_ms: Infinity };
