/** What one of several load-generating loops sends of a phase that they send together. Knows nothing of workers. */

const NEXT = 0;
const IN_FLIGHT = 1;

/** A fresh phase's counts, for loops in several threads. */
export function sharedCounts(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Which requests are left and how many are in flight, over all loops that were given the same memory. */
export class PhaseCounts {
  constructor(readonly requests: number, readonly memory: Int32Array = new Int32Array(2)) {}

  /** Whether a request may be left; another loop may claim it first. */
  get left(): boolean {
    return Atomics.load(this.memory, NEXT) < this.requests;
  }

  /** The next request's index, given to one caller only; null when none is left. */
  claim(): number | null {
    const index = Atomics.add(this.memory, NEXT, 1);
    return index < this.requests ? index : null;
  }

  /** Counts a request as in flight; gives how many are, that one included. */
  begin(): number {
    return Atomics.add(this.memory, IN_FLIGHT, 1) + 1;
  }

  end(): void {
    Atomics.sub(this.memory, IN_FLIGHT, 1);
  }
}

/** One of `of` equal parts: every `of`-th user, or arrival, from `index` on. */
export interface Share {
  index: number;
  of: number;
}

/** The share of a loop that has no others beside it. */
export const ALONE: Share = { index: 0, of: 1 };

/** The members of a share among `count` users or arrivals, in order. */
export function* membersOf({ index, of }: Share, count: number): Generator<number> {
  for (let member = index; member < count; member += of) yield member;
}
