/** Work that can wait, so that it keeps no request waiting. */
import { setImmediate } from "node:timers";

/** A turn of the event loop begins no further task after so long. */
const LONGEST_TURN_MS = 0.5;
/** When more tasks wait than this, whose answers take memory, a turn runs a part of them at least. */
const MOST_WAITING = 2048;
const PART_A_TURN = 1 / 64;

/** Runs tasks in order, a few in a turn of the event loop, after what is due has run. */
export class Readings {
  readonly #now: () => number;
  #tasks: (() => void)[] = [];
  /** The first of the tasks that has not run. */
  #next = 0;
  #running: Promise<void> | null = null;

  /** `now` tells milliseconds on a clock that goes on while tasks run; the machine's by default. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(task: () => void): void {
    this.#tasks.push(task);
    if (this.#running !== null) return;
    this.#running = this.#run();
    // Told by `finished`; until then it must not end the program.
    this.#running.catch(() => {});
  }

  /** Settles when every task has run; rejects when one of them threw, and then runs none. */
  async finished(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next < this.#tasks.length) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#turn();
    }
    this.#running = null;
  }

  #turn(): void {
    const began_ms = this.#now();
    const waiting = this.#tasks.length - this.#next;
    const least = waiting > MOST_WAITING ? Math.ceil(waiting * PART_A_TURN) : 1;
    for (let run = 0; this.#next < this.#tasks.length; run++) {
      if (run >= least && this.#now() - began_ms >= LONGEST_TURN_MS) break;
      this.#tasks[this.#next++]!();
    }
    if (this.#next < this.#tasks.length / 2) return;
    this.#tasks = this.#tasks.slice(this.#next);
    this.#next = 0;
  }
}
