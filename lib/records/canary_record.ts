/**
 * What the client made of streams of known truth that ran beside a trial's load: the same transport,
 * the same event loop, one stream at a time (method note 0b L).
 */
export interface CanaryRecord {
  /** Answers behind the numbers; with few, a p99 is the largest. */
  requests: number;
  failed: number;
  /** Seen minus true TTFT, from the scheduled start, by the server's own log. */
  ttft_error_ms_p50: number | null;
  ttft_error_ms_p99: number | null;
  /** The same without the time until the server had read the request, which is no fault of the client. */
  ttft_client_error_ms_p50: number | null;
  ttft_client_error_ms_p99: number | null;
  /** Size of the difference of seen and true TPOT, and as a share of the true one. */
  tpot_error_ms_p50: number | null;
  tpot_error_share_p50: number | null;
  tpot_error_share_p99: number | null;
  /** How long after the client's send the known-truth server had read the request. */
  server_late_ms_p50: number | null;
  server_late_ms_p99: number | null;
  /** Of one core, used by the known-truth server meanwhile. */
  server_cpu_share: number | null;
  /** Why there is less than expected; null if nothing is wrong. */
  error: string | null;
}
