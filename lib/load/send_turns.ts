/** Keeps many requests that become due together from holding up the answers of others. */
import { setImmediate } from "node:timers";

/** Some 0.4 ms of sending. */
const MOST_A_TURN = 16;
/** With more left than this the turns are not counted, which would keep the request waiting. */
const PLENTY = 8;

/** Lets 8 to 16 requests begin in each turn of the event loop; between turns answers are read. */
export class SendTurns {
  #left = MOST_A_TURN;
  #counting = false;
  #waiting: (() => void)[] = [];

  /** Null when a request may begin now, else settles when it may. In the order of asking. */
  room(): Promise<void> | null {
    if (this.#left > PLENTY || this.#count() > 0) {
      this.#left--;
      return null;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives how many may begin in this turn. */
  #count(): number {
    if (this.#counting) return this.#left;
    this.#counting = true;
    setImmediate(() => {
      this.#counting = false;
      const released = this.#waiting.splice(0, MOST_A_TURN);
      this.#left = MOST_A_TURN - released.length;
      if (this.#waiting.length > 0) this.#count();
      for (const begin of released) begin();
    });
    return this.#left;
  }
}
