/** The requests in flight of one phase: one timer and one listener break them off, however many there are. */

export interface Limits {
  timeout_ms: number;
  signal: AbortSignal;
}

/** A request that may have to be broken off. */
export interface Flight {
  breakOff(as: "timeout" | "cancelled", reason: string): void;
}

/** A timer may fire that much early. */
const TIMER_EARLY_MS = 1;

/** To be disposed of when no more will begin: until then it may keep its timer. */
export class InFlight {
  /** Each with its deadline on the machine's monotonic clock, in order of start. */
  readonly #deadlines_ms = new Map<Flight, number>();
  readonly #limits: Limits;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(limits: Limits) {
    this.#limits = limits;
    limits.signal.addEventListener("abort", this.#cancelAll);
  }

  /** The time-out of `flight` counts from now. */
  begin(flight: Flight): void {
    const { timeout_ms } = this.#limits;
    this.#deadlines_ms.set(flight, performance.now() + timeout_ms);
    this.#timer ??= setTimeout(this.#expire, timeout_ms);
  }

  end(flight: Flight): void {
    this.#deadlines_ms.delete(flight);
  }

  [Symbol.dispose](): void {
    this.#limits.signal.removeEventListener("abort", this.#cancelAll);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #cancelAll = () => {
    for (const flight of [...this.#deadlines_ms.keys()]) {
      flight.breakOff("cancelled", "the run was interrupted");
    }
  };

  /** All have the same time, so the oldest are due first. */
  readonly #expire = () => {
    this.#timer = null;
    const now_ms = performance.now();
    for (const [flight, deadline_ms] of [...this.#deadlines_ms]) {
      if (deadline_ms === Infinity) continue;
      if (deadline_ms > now_ms + TIMER_EARLY_MS) {
        this.#timer ??= setTimeout(this.#expire, deadline_ms - now_ms);
        return;
      }
      // It may take its time to end, and is not to be broken off twice.
      this.#deadlines_ms.set(flight, Infinity);
      flight.breakOff("timeout", `no end after ${this.#limits.timeout_ms / 1000} s`);
    }
  };
}
