/** Runs tasks at their time: sleeps short of it, then spins the rest, since timers are ms late and early. */
import { type Due, DueQueue } from "./due_queue.ts";

export interface Task extends Due {
  run(): void;
}

export interface PunctualOptions {
  /** Awake so long before a task is due; 0 costs nothing and is as late as timers are. */
  spin_ms: number;
  now: () => number;
  sleep: (ms: number, wake: () => void) => void;
}

/** Then the event loop turns, or no request would be read. */
const LONGEST_TURN_MS = 2;

/** Timers fire up to so much early; who does not spin sleeps so much longer, or each task would wake it twice. */
const EARLIEST_MS = 0.8;

/** Tasks run in the order in which they are due, none before its time. */
export class Punctual {
  readonly #options: PunctualOptions;
  readonly #queue = new DueQueue<Task>();
  /** When the timer that is set will fire; Infinity while none is. */
  #wake_ms = Infinity;

  constructor(options: PunctualOptions) {
    this.#options = options;
  }

  at(due_ms: number, run: () => void): void {
    this.#queue.add({ due_ms, run });
    this.#arm();
  }

  /** Sets a timer for the earliest task, unless one fires before. */
  #arm(): void {
    const { now, sleep, spin_ms } = this.#options;
    const first = this.#queue.first;
    if (first === undefined) return;
    const wake_ms = first.due_ms - spin_ms;
    if (wake_ms >= this.#wake_ms) return;
    this.#wake_ms = wake_ms;
    const slack_ms = spin_ms === 0 ? EARLIEST_MS : 0;
    sleep(Math.max(0, wake_ms - now() + slack_ms), () => this.#awake(wake_ms));
  }

  #awake(wake_ms: number): void {
    // A later timer that an earlier one has replaced.
    if (wake_ms !== this.#wake_ms) return;
    this.#wake_ms = Infinity;
    const { now, spin_ms } = this.#options;
    const until_ms = now() + LONGEST_TURN_MS;
    for (let first; (first = this.#queue.first) !== undefined;) {
      if (first.due_ms - now() > spin_ms || now() > until_ms) break;
      while (now() < first.due_ms) { /* spin */ }
      this.#queue.take()!.run();
    }
    this.#arm();
  }
}
