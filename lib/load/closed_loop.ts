/**
 * The closed loop: C users, each sending its next request as soon as its last answer has ended,
 * until exactly N have been sent. Knows nothing of HTTP.
 */
import { type Dealer, inOrder } from "./dealer.ts";
import { Readings } from "./readings.ts";
import { SendTurns } from "./send_turns.ts";
import { ALONE, membersOf, PhaseCounts, type Share } from "./share.ts";

/** One request that a user is about to send. */
export interface Turn {
  request_index: number;
  user_index: number;
  /** When the user became free, its pause included; latency counts from here. */
  scheduled_ms: number;
  /** Requests in flight, this one included, over all loops that share the counts. */
  in_flight: number;
}

export interface ClosedLoop<T extends { end_ms: number }> {
  users: number;
  requests: number;
  /** Which request a user sends next; the list in its order if absent. */
  dealer?: Dealer;
  /** The users that this loop runs; all if absent. */
  share?: Share;
  /** Shared with the loops that run the other users; its own if absent. */
  counts?: PhaseCounts;
  /** When the users begin to start; now if absent. */
  start_ms?: number;
  now: () => number;
  signal: AbortSignal;
  /** Settles at that time, or when `signal` aborts. Needed only with `ramp_ms` or `think_ms`. */
  waitUntil?: (due_ms: number) => Promise<void>;
  /** Users start one after the other, spread evenly over so long. */
  ramp_ms?: number;
  /** A user's pause before its next request. */
  think_ms?: (userIndex: number) => number;
  /**
   * Called before each of a user's requests. True when it had to open the connection anew or to write
   * the request first: then the user counts as free only now.
   */
  prepare(userIndex: number, requestIndex: number): Promise<boolean>;
  /** Starts the request at once and settles when its answer has ended. Must not reject. */
  send(turn: Turn): Promise<T>;
  /**
   * Called with each result, one a turn of the event loop, so that reading it keeps no request
   * waiting; more when many wait, since they take memory.
   */
  done(turn: Turn, result: T): void;
  /** Runs `done`; its own if absent. */
  readings?: Readings;
}

/**
 * Runs the loop. Settles when the last answer has ended or, after `signal`, when the requests in
 * flight have. Gives the time when one of its users first found no request left, so that the count in
 * flight fell below the number of users; null when none was sent. Of several loops the earliest counts.
 */
export async function runClosedLoop<T extends { end_ms: number }>(
  loop: ClosedLoop<T>,
): Promise<number | null> {
  const { share = ALONE, counts = new PhaseCounts(loop.requests) } = loop;
  const { start_ms = loop.now(), dealer = inOrder(counts), readings = new Readings() } = loop;
  let drained_ms: number | null = null;
  const turns = new SendTurns();
  const users = Math.min(loop.users, loop.requests);

  const pauseAfter = (end_ms: number | null, user_index: number): number | null => {
    if (end_ms !== null) return loop.think_ms ? end_ms + loop.think_ms(user_index) : null;
    return loop.ramp_ms === undefined ? null : start_ms + loop.ramp_ms * user_index / users;
  };
  const runUser = async (user_index: number) => {
    let end_ms: number | null = null;
    // The next request goes first.
    let reading: (() => void) | null = null;
    const read = () => {
      if (reading !== null) readings.add(reading);
      reading = null;
    };
    while (dealer.has(user_index) && !loop.signal.aborted) {
      const pausedUntil_ms = pauseAfter(end_ms, user_index);
      if (pausedUntil_ms !== null) {
        read();
        await loop.waitUntil!(pausedUntil_ms);
      }
      if (!dealer.has(user_index) || loop.signal.aborted) break;
      const request_index = dealer.take(user_index);
      if (request_index === null) break;
      const late = await loop.prepare(user_index, request_index);
      const room = turns.room();
      if (room !== null) await room;
      const free_ms: number | null = pausedUntil_ms ?? end_ms;
      const scheduled_ms = late ? loop.now() : free_ms ?? loop.now();
      const turn: Turn = { request_index, user_index, scheduled_ms, in_flight: counts.begin() };
      const answer = loop.send(turn);
      read();
      const result = await answer;
      counts.end();
      end_ms = result.end_ms;
      reading = () => loop.done(turn, result);
    }
    read();
    drained_ms ??= end_ms;
  };
  await Promise.all(membersOf(share, users).map(runUser));
  await readings.finished();
  return drained_ms;
}
