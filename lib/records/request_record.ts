/**
 * One row a request: what was asked, when each thing happened, what came back. Its keys are the
 * column names everywhere to the right of the run folder.
 *
 * Times are milliseconds on one monotonic clock, from the trial's origin.
 */
export interface RequestRecord {
  trial_id: string;
  /** Only `measured` requests enter a metric; `warmup` ones are kept to be looked at. */
  phase: "warmup" | "measured";
  request_index: number;
  /** Which of the C closed-loop users sent it, or in an open loop over which connection it went; null where an imported file does not say. */
  user_index: number | null;
  prompt_id: string;
  /** The output length that was asked for, in tokens; null where an imported file does not say. */
  max_tokens: number | null;
  /** The prompt length that was asked for, in tokens; null where none was, absent in older runs. */
  asked_prompt_tokens?: number | null;
  /** Requests in flight just after this one was sent, itself included; null as above. */
  in_flight: number | null;
  /** When it should have started: the moment its user became free, or as scheduled. Latency counts from here; null as above. */
  scheduled_ms: number | null;
  sent_ms: number;
  headers_ms: number | null;
  /** First event that carries only a role; it is no token. */
  role_ms: number | null;
  first_token_ms: number | null;
  last_token_ms: number | null;
  end_ms: number;
  /** Arrival of each event that carried text. */
  token_ms: number[];
  /**
   * Socket reads and server-sent events in the answer; more events than reads means coalescing. Null
   * where an imported file does not say.
   */
  reads: number | null;
  events: number | null;
  http_status: number | null;
  finish_reason: string | null;
  /** Counts from the server's `usage`, never from counting events. */
  prompt_tokens: number | null;
  output_tokens: number | null;
  cached_tokens: number | null;
  /**
   * The server's own times, where its answer carries them; absent in older runs. Queue: from arrival
   * until it was begun. Prefill: from then to the first token. Decode: from the first to the last.
   */
  server_queue_ms?: number | null;
  server_prefill_ms?: number | null;
  server_decode_ms?: number | null;
  /** Null when the request succeeded. */
  failure: FailureKind | null;
  error: string | null;
}

/** Why a request counts as failed; each stays in the denominator. */
export type FailureKind =
  | "connect"
  | "http_status"
  /** An answer that is no HTTP, or no stream of events: a page, one JSON body, compressed bytes. */
  | "bad_response"
  | "in_stream_error"
  | "stream_cut"
  | "timeout"
  | "no_token"
  | "no_usage"
  | "cancelled"
  /** An imported file says that it failed, in words of its own. */
  | "reported";
