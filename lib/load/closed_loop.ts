/**
 * The closed loop: C users, each sending its next request as soon as its last answer has ended,
 * until exactly N have been sent. Knows nothing of HTTP.
 */
import { setImmediate } from "node:timers";

/** One request that a user is about to send. */
export interface Turn {
  request_index: number;
  user_index: number;
  /** When the user became free; latency counts from here. */
  scheduled_ms: number;
  /** Requests in flight, this one included. */
  in_flight: number;
}

export interface ClosedLoop<T extends { end_ms: number }> {
  users: number;
  requests: number;
  now: () => number;
  signal: AbortSignal;
  /**
   * Called before each of a user's requests. True when it had to open the connection anew: then
   * the user counts as free only now.
   */
  prepare(userIndex: number): Promise<boolean>;
  /** Starts the request at once and settles when its answer has ended. Must not reject. */
  send(turn: Turn): Promise<T>;
  /**
   * Called with each result, one a turn of the event loop, so that reading it keeps no request
   * waiting; more when many wait, since they take memory.
   */
  done(turn: Turn, result: T): void;
}

/**
 * Runs the loop. Settles when the last answer has ended or, after `signal`, when the requests in
 * flight have. Gives the time when the count in flight first fell below the number of users for
 * want of requests; null when none was sent.
 */
export async function runClosedLoop<T extends { end_ms: number }>(
  loop: ClosedLoop<T>,
): Promise<number | null> {
  let next = 0;
  let inFlight = 0;
  let drained_ms: number | null = null;
  const readings = new Readings();

  const runUser = async (user_index: number) => {
    let last: { turn: Turn; result: T } | null = null;
    while (next < loop.requests && !loop.signal.aborted) {
      const request_index = next++;
      const reopened = await loop.prepare(user_index);
      const scheduled_ms: number = last === null || reopened ? loop.now() : last.result.end_ms;
      const turn: Turn = { request_index, user_index, scheduled_ms, in_flight: ++inFlight };
      const answer = loop.send(turn);
      const result = await answer;
      inFlight--;
      last = { turn, result };
      readings.add(() => loop.done(turn, result));
    }
    drained_ms ??= last?.result.end_ms ?? null;
  };
  await Promise.all(
    Array.from({ length: Math.min(loop.users, loop.requests) }, (_, i) => runUser(i)),
  );
  await readings.finished();
  return next === 0 ? null : drained_ms;
}

/** Of the tasks that wait, the part that one turn runs. */
const PART_A_TURN = 1 / 16;

/** Runs tasks in order, one or a few in a turn of the event loop, after what is due has run. */
class Readings {
  readonly #tasks: (() => void)[] = [];
  #running: Promise<void> = Promise.resolve();

  add(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length > 1) return;
    this.#running = this.#run();
    // Told by `finished`; until then it must not end the program.
    this.#running.catch(() => {});
  }

  /** Settles when every task has run; rejects when one of them threw. */
  finished(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#tasks.length > 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const count = Math.ceil(this.#tasks.length * PART_A_TURN);
      // Taken out once run, so that `add` does not start a second loop meanwhile.
      for (const task of this.#tasks.slice(0, count)) task();
      this.#tasks.splice(0, count);
    }
  }
}
