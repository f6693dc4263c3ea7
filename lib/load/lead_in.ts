/**
 * The last of a closed loop's warm-up requests, one for each user: they go out with the measured ones,
 * and no user pauses between the two. So measured requests meet a server under full load from the
 * first on, not the wave of all users' first requests to an empty one. Pure.
 */
import { startsInTurn } from "@/config/load_point.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { RequestRecord } from "@/records/request_record.ts";

export interface LeadIn {
  /** So many, the first of the measured phase's list. */
  requests: number;
  /** The place of the first among the warm-up's. */
  from: number;
}

/**
 * None where the warm-up has fewer than two requests for each user, where users start one after the
 * other, and of conversations, which go through all their turns in one phase.
 */
export function leadInOf(
  { load, warmup_requests, workload_kind }: Pick<
    PlannedTrial,
    "load" | "warmup_requests" | "workload_kind"
  >,
): LeadIn {
  const users = load.mode === "closed" && !startsInTurn(load) ? load.concurrency : 0;
  const fits = users > 0 && warmup_requests >= 2 * users && workload_kind !== "multi_turn";
  const requests = fits ? users : 0;
  return { requests, from: warmup_requests - requests };
}

/** What a request of the measured phase's list is, its lead-in considered. */
export function placeOf(
  at: number,
  phase: RequestRecord["phase"],
  { requests, from }: LeadIn = { requests: 0, from: 0 },
): Pick<RequestRecord, "phase" | "request_index"> {
  return at < requests
    ? { phase: "warmup", request_index: from + at }
    : { phase, request_index: at - requests };
}
