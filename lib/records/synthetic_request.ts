/** A made-up request record for benches of what is kept and read; no number in it was measured. */
import type { RequestRecord } from "./request_record.ts";

/** What differs between the records of a trial. */
export interface SyntheticRequest {
  trial_id: string;
  index: number;
  users: number;
  sent_ms: number;
  /** When each token came, one an event. */
  token_ms: number[];
}

/** The whole record of a request that was answered in full. */
export function syntheticRequest(
  { trial_id, index, users, sent_ms, token_ms }: SyntheticRequest,
): RequestRecord {
  const tokens = token_ms.length;
  const last_token_ms = token_ms[tokens - 1]!;
  return {
    trial_id,
    phase: "measured",
    request_index: index,
    user_index: index % users,
    prompt_id: `prompt/${index % 200}`,
    max_tokens: tokens,
    in_flight: Math.min(users, index + 1),
    scheduled_ms: sent_ms,
    sent_ms,
    headers_ms: sent_ms + 12.345,
    role_ms: sent_ms + 20.123,
    first_token_ms: token_ms[0]!,
    last_token_ms,
    end_ms: last_token_ms + 0.5,
    token_ms,
    reads: tokens,
    events: tokens + 3,
    http_status: 200,
    finish_reason: "length",
    prompt_tokens: 300,
    output_tokens: tokens,
    cached_tokens: 0,
    server_queue_ms: null,
    server_prefill_ms: null,
    server_decode_ms: null,
    failure: null,
    error: null,
  };
}
