/** What the known-truth server wrote down of one answer. Milliseconds on its own monotonic clock. */
export interface TruthRecord {
  /** Counts from 1; told to the client as `usage.prompt_tokens`. */
  request: number;
  /** When the server had read the whole request. */
  received_ms: number;
  /** For each token frame: when it was due, and when its last byte was really handed to the socket. */
  due_ms: number[];
  sent_ms: number[];
  /** Tokens in each token frame. */
  tokens: number[];
  /** The longest that handing bytes to the socket took. */
  write_ms_max: number;
  outcome: "sent" | "hung up";
}

/** The server's own cost since its start. */
export interface TruthServerUse {
  cpu_s: number;
  uptime_s: number;
}
