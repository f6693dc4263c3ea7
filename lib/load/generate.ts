/** The load generator: one phase of one trial over real HTTP, closed loop or on a schedule. */
import type { RequestRecord } from "@/records/request_record.ts";
import { type ClosedLoop, runClosedLoop } from "./closed_loop.ts";
import { Pace } from "./answer_reader.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import { ConversationHistory } from "./conversation_history.ts";
import { byConversation } from "./dealer.ts";
import { type Exchange, exchange, type PreparedRequest, toRecord } from "./exchange.ts";
import { InFlight } from "./in_flight.ts";
import { type LeadIn, placeOf } from "./lead_in.ts";
import { runOpenLoop, type ScheduledWindow } from "./open_loop.ts";
import { Readings } from "./readings.ts";
import type { RequestList } from "./request_file.ts";
import { ALONE, type PhaseCounts, type Share } from "./share.ts";
import { waitUntil } from "./wait_until.ts";

/** What both kinds of loop need to know. */
export interface Phase {
  trial_id: string;
  phase: RequestRecord["phase"];
  requests: RequestList;
  /** Of a closed loop's measured phase; none if absent. */
  lead_in?: LeadIn;
  now: () => number;
  timeout_ms: number;
  /** As `ExchangeOptions` has it. */
  most_bytes?: number;
  signal: AbortSignal;
  /** When the phase begins, on the clock of `now`; when it is called if absent. */
  start_ms?: number;
  /** The part of the phase that is sent here; all if absent. */
  share?: Share;
  /** Shared with those who send the other parts. */
  counts?: PhaseCounts;
  /** Called once for each request, when it has ended. */
  onRecord(record: RequestRecord): void;
}

export interface ClosedPhase extends Phase {
  /** One for each user; those of the users that are sent for here are open. */
  connections: Connection[];
  ramp_ms?: number;
  think_ms?: (userIndex: number) => number;
}

export interface OpenPhase extends Phase {
  pool: ConnectionPool;
  /** When each request is due, and when that begins, as `OpenLoop` has it. */
  due_ms: ArrayLike<number>;
  zero_ms?: number;
  max_in_flight: number;
}

/** Sends all requests of the phase. Gives the end of its window, as `runClosedLoop` defines it. */
export async function generateLoad(phase: ClosedPhase): Promise<number | null> {
  const { requests, connections, now, ramp_ms, think_ms, signal } = phase;
  const { share, counts, start_ms } = phase;
  using inFlight = new InFlight(phase);
  const readings = new Readings();
  const options = { ...phase, inFlight, later: new Pace(readings) };
  return await runClosedLoop<Exchange>({
    users: connections.length,
    requests: requests.length,
    now,
    signal,
    waitUntil: (due_ms) => waitUntil(due_ms, now, signal),
    ...(share === undefined ? {} : { share }),
    ...(counts === undefined ? {} : { counts }),
    ...(start_ms === undefined ? {} : { start_ms }),
    ...(ramp_ms === undefined ? {} : { ramp_ms }),
    ...(think_ms === undefined ? {} : { think_ms }),
    prepare: (user) => connections[user]!.prepare(),
    send: (turn) =>
      exchange(connections[turn.user_index]!, requests.at(turn.request_index)!, options),
    ...conversational(phase, inFlight),
    readings,
    done(turn, seen) {
      const place = placeOf(turn.request_index, phase.phase, phase.lead_in);
      phase.onRecord(toRecord({ trial_id: phase.trial_id, ...turn, ...place }, seen));
      seen.arrivals.release();
    },
  });
}

/** Where the requests are turns of conversations: who sends which, and with what was said before. */
function conversational(
  phase: ClosedPhase,
  inFlight: InFlight,
): Partial<ClosedLoop<Exchange>> {
  const { requests, connections } = phase;
  if (requests.at(0)?.turn === undefined) return {};
  const conversations = Array.from(requests as PreparedRequest[], (r) => r.turn!.conversation);
  // Without `later`: the history needs the text.
  const options = { ...phase, inFlight };
  const history = new ConversationHistory();
  const written: PreparedRequest[] = [];
  return {
    dealer: byConversation(conversations),
    async prepare(user, index) {
      const reopened = await connections[user]!.prepare();
      const request = requests.at(index)!;
      written[user] = history.withHistory(request);
      return reopened || written[user] !== request;
    },
    async send({ user_index }) {
      const seen = await exchange(connections[user_index]!, written[user_index]!, options);
      history.note(seen);
      return seen;
    },
  };
}

/** Sends each request of the phase when it is due. Gives its window, as `runOpenLoop` defines it. */
export async function generateOpenLoad(phase: OpenPhase): Promise<ScheduledWindow | null> {
  const { requests, pool, now, signal, due_ms, zero_ms = 0, max_in_flight } = phase;
  const { counts, share = ALONE } = phase;
  using inFlight = new InFlight(phase);
  const readings = new Readings();
  const options = { ...phase, inFlight, later: new Pace(readings) };
  return await runOpenLoop<{ seen: Exchange; user_index: number }>({
    due_ms,
    zero_ms,
    share,
    ...(counts === undefined ? {} : { counts }),
    max_in_flight,
    now,
    signal,
    waitUntil: (due_ms) => waitUntil(due_ms, now, signal),
    ahead: () => pool.ahead(),
    readings,
    async send({ request_index }) {
      const connection = await pool.take();
      const seen = await exchange(connection, requests.at(request_index)!, options);
      pool.release(connection);
      return { seen, user_index: pool.numberOf(connection) * share.of + share.index };
    },
    done(turn, { seen, user_index }) {
      const planned = { trial_id: phase.trial_id, phase: phase.phase, ...turn, user_index };
      phase.onRecord(toRecord(planned, seen));
      seen.arrivals.release();
    },
  });
}
