/** What is known of one launched server and of one trial on it: the journal's state lines. */
import type {
  ContentProbe,
  PhaseTime,
  RecordedEnvironment,
  ToldAtStart,
} from "./startup_record.ts";

import type { SettingAudit } from "./parity_record.ts";
import type { CanaryRecord } from "./canary_record.ts";
import type { TelemetryRecord } from "./telemetry.ts";
import type { TimeWindow } from "./trial_requests.ts";

/** Memory as an engine tells it; `label` says what the number is, since engines differ. */
export interface MemoryReading {
  label: string;
  bytes: number;
  peak_bytes: number | null;
}

/** Why a server failed, as far as its log and its exit tell. */
export type FailureClass =
  | "port_in_use"
  | "program_not_found"
  | "bad_flag"
  | "access_denied"
  | "model_not_found"
  | "model_damaged"
  | "no_tokenizer"
  | "unsupported_quantisation"
  | "unsupported_model"
  | "context_too_long"
  | "capture_failed"
  | "gpu_busy"
  | "kv_too_small"
  | "out_of_memory"
  | "no_gpu"
  | "disk_full"
  | "gpu_communication"
  | "warmup_failed"
  | "start_timeout"
  | "import_error"
  | "no_compiler"
  | "engine_core_died"
  | "child_died"
  | "killed"
  | "crashed";

/** One fresh server: started once per entry and block, the unit of replication. */
export interface LaunchRecord {
  launch_id: string;
  entry: string;
  kind: string;
  simulated: boolean;
  /** What a program calls itself that is no engine but stands in for one; absent of all others. */
  stand_in?: string;
  block: number;
  /** `failed`: never ready. `died`: ended by itself after it was. `stopped`: by us. */
  outcome: "ready" | "failed" | "died" | "stopped";
  /** Wall-clock time of the launch, ISO 8601. */
  started_at: string;
  /** Seconds from the start of the process to a real completion; null if never ready. */
  ready_s: number | null;
  pid: number | null;
  argv: string[];
  base_url: string;
  /** The API roots of several replicas; user u of a trial talks to the one at u mod their number. */
  replicas?: string[];
  log: string | null;
  /** How the process ended, e.g. `exit 0` or `killed after 10 s`; null while it runs. */
  exit: string | null;
  error: string | null;
  /** Null when it did not fail, or when neither log nor exit tell why. */
  failure: FailureClass | null;
  /** How the server and the GPU were watched; absent in older runs. */
  telemetry?: TelemetryRecord;
  /** What was left on the GPU after the stop; null when nothing was, absent where not looked at. */
  left_on_gpu?: string | null;
  /** From the launch to readiness or failure; absent in older runs and for external servers. */
  phases?: PhaseTime[];
  /** Absent in older runs and for external servers. */
  told?: ToldAtStart;
  /** Absent in older runs and for external servers. */
  environment?: RecordedEnvironment;
  /** Where its threads were seen to be allowed to run; absent in older runs and where it was not pinned. */
  server_cores?: { asked: string; seen: string | null };
  /** Absent in older runs and where the server was never asked. */
  content_probe?: ContentProbe;
  /** What became of the settings; absent in older runs and where the engine tells none. */
  parity?: SettingAudit[];
}

/** How well the load generator itself did during one trial. */
export interface ClientHealth {
  event_loop_lag_ms_p99: number | null;
  event_loop_lag_ms_max: number | null;
  /** Share of one core used by the client process, 0..1 and above with several threads. */
  cpu_share: number | null;
  connections_opened_before: number;
  connections_reopened: number;
  /** Requests sent a second time, since a closed socket had been met; absent in older runs. */
  requests_resent?: number;
  /** Of an open loop: connections beyond those opened before it began, because more were in use at once. */
  connections_grown?: number;
  /** Of an open loop: requests that had to wait for a connection to be opened. */
  connections_late?: number;
  /** Pauses of the client's garbage collector; absent in older runs. */
  gc?: GcPauses;
  /** Share of the machine's time that its host gave to others; null where it cannot be read. */
  steal_share?: number | null;
  /** TCP segments that the whole machine sent again, loopback included; null where it cannot be read. */
  tcp_retransmits?: number | null;
  /** Each worker where several sent the load: lag and pauses are then the worst one's; absent with one thread. */
  workers?: WorkerHealth[];
}

export interface GcPauses {
  count: number;
  total_ms: number;
  max_ms: number;
}

/** How many workers sent a trial's load, and why so many. */
export interface WorkerChoice {
  count: number;
  why: string;
}

/** How one load-generating worker did in the measured phase. */
export interface WorkerHealth {
  /** Requests that it sent. */
  requests: number;
  event_loop_lag_ms_p99: number | null;
  event_loop_lag_ms_max: number | null;
  /** Share of one core that its thread used. */
  cpu_share: number;
  gc: GcPauses;
}

/** The part of a trial's window that its numbers come from, and why the rest does not count. */
export interface SteadyWindow extends TimeWindow {
  /** How long the start-up was that is left out, in seconds; 0 where none is. */
  cut_s: number;
  /** What set its end, `first round` being that every user had finished a request; null where nothing is left out. */
  cut_by: "output tokens" | "TTFT" | "first round" | null;
  /** What was found, in words. */
  found: string;
  /** In what start-up was found that could not be cut off, so that it is still in the window. */
  unsteady: ("output tokens" | "TTFT")[];
}

/** One entry × workload × load × block, as it went. */
export interface TrialRecord {
  /**
   * Tokens that stand around every prompt's own text, by the counter of its lengths: of a chat its
   * template. Absent where no lengths were asked for.
   */
  template_tokens?: number;
  trial_id: string;
  launch_id: string;
  outcome: "finished" | "failed" | "interrupted";
  started_at: string;
  /** The trial's origin on telemetry's clock; absent in older runs. */
  origin_unix_ms?: number;
  /**
   * Closed loop: from the first measured send, after a ramp from the last user's first one, until the
   * in-flight count first falls below C. Open loop: from the first to the last scheduled time. Null if
   * nothing was sent.
   */
  window_start_ms: number | null;
  window_end_ms: number | null;
  /** What of that window counts; absent in older runs, where the load is not to be steady, and where nothing was sent. */
  window?: SteadyWindow;
  client: ClientHealth | null;
  /** Streams of known truth beside the load; absent where there were none. */
  canary?: CanaryRecord;
  /** Absent in older runs, which had one thread, and where nothing was sent. */
  workers?: WorkerChoice;
  memory: MemoryReading | null;
  error: string | null;
}
