/** What is known of the client during one trial, as columns of its row. */
import type { SummarizedRequest } from "./summarized_request.ts";
import type { TrialRecord } from "@/records/trial_record.ts";

/** The client's columns of a summary row; null where nothing was watched. */
export interface ClientColumns {
  /** Streams of known truth beside the load, and how wrong the client was on them. */
  canary_requests: number | null;
  canary_ttft_error_ms_p50: number | null;
  canary_ttft_error_ms_p99: number | null;
  canary_tpot_error_share_p50: number | null;
  canary_tpot_error_share_p99: number | null;
  /** Until the known-truth server had read a request: its own lateness, no part of the errors. */
  canary_server_late_ms_p99: number | null;
  event_loop_lag_ms_p99: number | null;
  event_loop_lag_ms_max: number | null;
  /** Of one core. */
  client_cpu_share: number | null;
  gc_pauses: number | null;
  gc_pause_ms_total: number | null;
  gc_pause_ms_max: number | null;
  /** Server-sent events for each read of a socket; more means that they arrived together. */
  events_per_read: number | null;
  connections_reopened: number | null;
  /** Of the whole machine. */
  steal_share: number | null;
  tcp_retransmits: number | null;
}

/** The columns of one trial; `measured` are its requests. */
export function clientColumns(
  record: TrialRecord | null,
  measured: readonly SummarizedRequest[],
): ClientColumns {
  const client = record?.client;
  const canary = record?.canary;
  const reads = measured.reduce((sum, each) => sum + (each.reads ?? 0), 0);
  const events = measured.reduce((sum, each) => sum + (each.events ?? 0), 0);
  return {
    canary_requests: canary?.requests ?? null,
    canary_ttft_error_ms_p50: canary?.ttft_client_error_ms_p50 ?? null,
    canary_ttft_error_ms_p99: canary?.ttft_client_error_ms_p99 ?? null,
    canary_tpot_error_share_p50: canary?.tpot_error_share_p50 ?? null,
    canary_tpot_error_share_p99: canary?.tpot_error_share_p99 ?? null,
    canary_server_late_ms_p99: canary?.server_late_ms_p99 ?? null,
    event_loop_lag_ms_p99: client?.event_loop_lag_ms_p99 ?? null,
    event_loop_lag_ms_max: client?.event_loop_lag_ms_max ?? null,
    client_cpu_share: client?.cpu_share ?? null,
    gc_pauses: client?.gc?.count ?? null,
    gc_pause_ms_total: client?.gc?.total_ms ?? null,
    gc_pause_ms_max: client?.gc?.max_ms ?? null,
    events_per_read: reads === 0 ? null : events / reads,
    connections_reopened: client?.connections_reopened ?? null,
    steal_share: client?.steal_share ?? null,
    tcp_retransmits: client?.tcp_retransmits ?? null,
  };
}
