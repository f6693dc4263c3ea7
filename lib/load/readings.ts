/** Work that can wait, so that it keeps no request waiting. */
import { setImmediate } from "node:timers";

/** Of the tasks that wait, the part that one turn runs. */
const PART_A_TURN = 1 / 16;

/** Runs tasks in order, one or a few in a turn of the event loop, after what is due has run. */
export class Readings {
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
