/** Work that can wait, so that it keeps no request waiting. */
import { setImmediate } from "node:timers";

/** Runs tasks in order, each in a turn of the event loop of its own, after what is due has run. */
export class OneATurn {
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
      this.#tasks[0]!();
      this.#tasks.shift();
    }
  }
}
