/**
 * The open loop: requests sent at times that were drawn before the run, whether or not earlier ones
 * have been answered. With `max_in_flight` it is a third model, "capped": a request that finds so
 * many in flight waits, late, and its latency still counts from the schedule. Knows nothing of HTTP.
 */
import { Readings } from "./readings.ts";
import { ALONE, membersOf, PhaseCounts, type Share } from "./share.ts";

/** One request that is due. */
export interface OpenTurn {
  request_index: number;
  /** When it was due; latency counts from here. */
  scheduled_ms: number;
  /** Requests in flight, this one included. */
  in_flight: number;
}

export interface OpenLoop<T> {
  /** When each is due, in ascending order. */
  due_ms: ArrayLike<number>;
  /** When `due_ms` begins, on the clock of `now`; 0 if absent. */
  zero_ms?: number;
  /** The requests that this loop sends; all if absent. */
  share?: Share;
  /** Shared with the loops that send the others; its own if absent. */
  counts?: PhaseCounts;
  /** Of this loop alone. */
  max_in_flight: number;
  now: () => number;
  signal: AbortSignal;
  /** Settles at that time, or when `signal` aborts. */
  waitUntil(due_ms: number): Promise<void>;
  /** Called some time before each request is due: what sending needs can be made ready. */
  ahead(): void;
  /** Starts the request at once and settles when its answer has ended. Must not reject. */
  send(turn: OpenTurn): Promise<T>;
  /** Called with each result, one a turn of the event loop. */
  done(turn: OpenTurn, result: T): void;
  /** Runs `done`; its own if absent. */
  readings?: Readings;
}

/** From the first to the last scheduled time of those sent. */
export interface ScheduledWindow {
  start_ms: number;
  end_ms: number;
}

/** `ahead` is called so long before a request is due. */
export const AHEAD_MS = 50;

/**
 * Sends every request at its time; none is left out because others are still unanswered. Settles when
 * the last answer has ended or, after `signal`, when the requests in flight have. Null when nothing
 * was sent. Load does not go on after the last request, so only those before it met a server under
 * full load to their end; hence the window ends with the last scheduled time.
 */
export async function runOpenLoop<T>(loop: OpenLoop<T>): Promise<ScheduledWindow | null> {
  const { due_ms, zero_ms = 0, signal, share = ALONE } = loop;
  const { counts = new PhaseCounts(due_ms.length), readings = new Readings() } = loop;
  const answers = new Set<Promise<void>>();
  let window: ScheduledWindow | null = null;
  let ended = () => {};
  for (const request_index of membersOf(share, due_ms.length)) {
    const scheduled_ms = zero_ms + due_ms[request_index]!;
    loop.ahead();
    if (scheduled_ms - loop.now() > 2 * AHEAD_MS) {
      await loop.waitUntil(scheduled_ms - AHEAD_MS);
      loop.ahead();
    }
    await loop.waitUntil(scheduled_ms);
    // A race of all answers would leave a trace at each of them with every request that waits.
    while (answers.size >= loop.max_in_flight) await new Promise<void>((one) => ended = one);
    if (signal.aborted) break;
    window ??= { start_ms: scheduled_ms, end_ms: scheduled_ms };
    window.end_ms = scheduled_ms;
    const turn = { request_index, scheduled_ms, in_flight: counts.begin() };
    const answer: Promise<void> = loop.send(turn).then((result) => {
      answers.delete(answer);
      counts.end();
      ended();
      readings.add(() => loop.done(turn, result));
    });
    answers.add(answer);
  }
  await Promise.all(answers);
  await readings.finished();
  return window;
}
