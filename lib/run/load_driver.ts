/** Sends a trial's two phases in the way that its load says. */
import { mostWithin } from "@/config/arrivals/arrival.ts";
import type { ClosedLoad, OpenLoad } from "@/config/load_point.ts";
import { type PlannedTrial, warmupUsers } from "@/config/plan.ts";
import { randomFrom } from "@/config/seeds.ts";
import { connectError } from "@/engines/connect_error.ts";
import { Connection, type ConnectionOptions } from "@/load/connection.ts";
import { ConnectionPool } from "@/load/connection_pool.ts";
import { generateLoad, generateOpenLoad, type Phase } from "@/load/generate.ts";
import { AHEAD_MS } from "@/load/open_loop.ts";
import { ALONE, membersOf, type Share } from "@/load/share.ts";
import type { ClientHealth } from "@/records/trial_record.ts";
import { randomExponential } from "d3-random";
import type { TruthLoad } from "./truth_load.ts";

export interface LoadDriver {
  /** All connections, opened or to be opened; an open loop's list grows. */
  connections: readonly Connection[];
  open(): Promise<void>;
  warmUp(phase: Phase): Promise<void>;
  /** The window's ends; a closed loop's start is its first send, which its records tell. */
  measure(phase: Phase): Promise<{ start_ms: number | null; end_ms: number | null }>;
  /** What it knows of the client's health in the measured phase: of an open loop how its pool did, of workers how they did. */
  health(): Partial<ClientHealth>;
  /** Sends streams of known truth in the event loop of the load, where that is not the caller's. */
  sendTruth?(load: TruthLoad): Promise<void>;
  close(): Promise<void>;
}

export interface DriverOptions extends Omit<ConnectionOptions, "baseUrl"> {
  /** API roots; with several replicas connections are spread over them in turn. */
  roots: readonly string[];
  /** When the requests of an open loop are due, from its start. */
  arrivals_ms: Float64Array;
  /** The zero of the phases' clock, as `performance.timeOrigin + performance.now()`. */
  origin_unix_ms: number;
  /** The users or arrivals that are this driver's; all if absent. */
  share?: Share;
}

/** The driver of a trial's load. */
export function loadDriver(trial: PlannedTrial, options: DriverOptions): LoadDriver {
  const { load } = trial;
  return load.mode === "closed"
    ? closedDriver(load, trial, options)
    : openDriver(load, trial, options);
}

function closedDriver(
  { concurrency, ramp_s, think_ms }: ClosedLoad,
  { prompt_seed }: PlannedTrial,
  options: DriverOptions,
): LoadDriver {
  const { share = ALONE } = options;
  const connections = connectionsFor(concurrency, options);
  const own = [...membersOf(share, concurrency)].map((user) => connections[user]!);
  const pauses = Array.from({ length: concurrency }, (_, user) => {
    const random = randomFrom(prompt_seed, "think", user);
    return randomExponential.source(random)(1 / (think_ms ?? 1));
  });
  const manner = {
    ...(ramp_s === undefined ? {} : { ramp_ms: ramp_s * 1000 }),
    ...(think_ms === undefined ? {} : { think_ms: (user: number) => pauses[user]!() }),
  };
  return {
    connections: own,
    open: () => openAll(own),
    warmUp: async (phase) => void await generateLoad({ ...phase, connections, share }),
    async measure(phase) {
      const end_ms = await generateLoad({ ...phase, connections, share, ...manner });
      return { start_ms: null, end_ms };
    },
    health: () => ({}),
    close: () => closeAll(own),
  };
}

/** Time from opening the pool to the first arrival, so that the first is not late. */
const LEAD_MS = 20;
const FEWEST_SPARE = 4;
const MOST_SPARE = 256;

/** Warms up as a closed loop of as many users as arrive in a second, then keeps to the schedule. */
function openDriver(
  { max_in_flight = Infinity }: OpenLoad,
  { warmup_requests, offered_requests_per_s }: PlannedTrial,
  options: DriverOptions,
): LoadDriver {
  const { arrivals_ms, roots, share = ALONE } = options;
  const users = Math.min(warmup_requests, warmupUsers(offered_requests_per_s ?? 0));
  const connections = connectionsFor(users, options);
  const warmers = [...membersOf(share, users)].map((user) => connections[user]!);
  // Opening is asked for that long before a request is due, and takes less.
  const own = arrivals_ms.filter((_, i) => i % share.of === share.index);
  const burst = mostWithin(own, AHEAD_MS);
  const spare = Math.min(max_in_flight, MOST_SPARE, Math.max(FEWEST_SPARE, 2 * burst));
  const pool = new ConnectionPool(roots, options, spare);
  return {
    connections: pool.connections,
    async open() {
      await openAll(warmers);
      await openAll([pool]);
    },
    async warmUp(phase) {
      await generateLoad({ ...phase, connections, share });
      await closeAll(warmers);
    },
    async measure(phase) {
      pool.ahead();
      const zero_ms = phase.start_ms ?? phase.now() + LEAD_MS;
      const schedule = { due_ms: arrivals_ms, zero_ms, max_in_flight };
      const window = await generateOpenLoad({ ...phase, share, pool, ...schedule });
      return window ?? { start_ms: null, end_ms: null };
    },
    health: () => ({
      connections_grown: pool.connections.length - spare,
      connections_late: pool.openedLate,
    }),
    async close() {
      await closeAll(warmers);
      await pool.close();
    },
  };
}

function connectionsFor(count: number, { roots, ...options }: DriverOptions): Connection[] {
  return Array.from(
    { length: count },
    (_, user) => new Connection({ ...options, baseUrl: roots[user % roots.length]! }),
  );
}

async function openAll(connections: { open(): Promise<void> }[]): Promise<void> {
  try {
    await Promise.all(connections.map((connection) => connection.open()));
  } catch (error) {
    const count = connections.length === 1 ? "the connection" : `${connections.length} connections`;
    throw new Error(`${count} could not be opened: ${connectError(error as Error)}`);
  }
}

async function closeAll(connections: Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}
