/** What passes between the trial and its load-generating workers. Times are milliseconds since the trial's origin. */
import type { PlannedTrial } from "@/config/plan.ts";
import type { LeadIn } from "@/load/lead_in.ts";
import type { PackedRequests } from "@/load/packed_requests.ts";
import type { Share } from "@/load/share.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { ClientHealth, WorkerHealth } from "@/records/trial_record.ts";
import type { DriverOptions } from "./load_driver.ts";
import type { TruthLoad } from "./truth_load.ts";

/** The first ones are answered with `done` or `failed`, one after the other; the others are not. */
export type ToWorker =
  | { type: "clock" }
  | { type: "open"; trial: PlannedTrial; options: DriverOptions & { share: Share } }
  | ({ type: "phase" } & WorkerPhase)
  | { type: "close" }
  | Unanswered;

export type Unanswered =
  | { type: "abort" }
  /** Ends with `truth_end`. */
  | { type: "truth"; load: PlainTruthLoad; time_origin_ms: number }
  | { type: "truth_stop" };

/** `TruthLoad` without what cannot be passed on. */
export type PlainTruthLoad = Omit<TruthLoad, "signal" | "onRecord" | "now">;

export interface WorkerPhase {
  trial_id: string;
  phase: RequestRecord["phase"];
  requests: PackedRequests;
  lead_in?: LeadIn;
  /** Memory of the phase's `PhaseCounts`, which all workers share. */
  counts: Int32Array;
  /** The same for all workers. */
  start_ms: number;
  timeout_ms: number;
  most_bytes?: number;
}

export type FromWorker =
  | { type: "record"; record: RequestRecord }
  | { type: "done"; value: unknown }
  | { type: "failed"; error: string }
  | { type: "truth_record"; record: RequestRecord }
  | { type: "truth_end"; error: string | null };

/** A window's ends, null where nothing was sent or the records tell. */
export interface Window {
  start_ms: number | null;
  end_ms: number | null;
}

/** What a worker says of a phase that it has sent. */
export interface WorkerResult {
  window: Window;
  health: WorkerHealth;
  connections: ConnectionCounts;
  /** What it learned of the server, see `ServerHabits`. */
  closesUnannounced: boolean;
}

export type ConnectionCounts = Partial<
  Pick<
    ClientHealth,
    | "connections_opened_before"
    | "connections_reopened"
    | "requests_resent"
    | "connections_grown"
    | "connections_late"
  >
>;
