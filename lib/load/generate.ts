/** The load generator: one phase of one trial, C users on C connections, over real HTTP. */
import type { RequestRecord } from "@/records/request_record.ts";
import { runClosedLoop } from "./closed_loop.ts";
import type { Connection } from "./connection.ts";
import { type Exchange, exchange, type PreparedRequest, toRecord } from "./exchange.ts";

export interface Phase {
  trial_id: string;
  phase: RequestRecord["phase"];
  requests: PreparedRequest[];
  /** One for each user, open. */
  connections: Connection[];
  now: () => number;
  timeout_ms: number;
  /** As `ExchangeOptions` has it. */
  most_bytes?: number;
  signal: AbortSignal;
  /** Called once for each request, when it has ended. */
  onRecord(record: RequestRecord): void;
}

/** Sends all requests of the phase. Gives the end of its window, as `runClosedLoop` defines it. */
export async function generateLoad(phase: Phase): Promise<number | null> {
  const { requests, connections, now } = phase;
  return await runClosedLoop<Exchange>({
    users: connections.length,
    requests: requests.length,
    now,
    signal: phase.signal,
    prepare: (user) => connections[user]!.prepare(),
    send: (turn) => exchange(connections[turn.user_index]!, requests[turn.request_index]!, phase),
    done(turn, seen) {
      const planned = { trial_id: phase.trial_id, phase: phase.phase, ...turn };
      phase.onRecord(toRecord(planned, requests[turn.request_index]!, seen));
      seen.arrivals.release();
    },
  });
}
