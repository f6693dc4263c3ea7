/** Runs the scheduler against a clock: sequences go in, tokens come out when they are due. */
import {
  type BatchLimits,
  type BatchState,
  beginStep,
  EMPTY_BATCH,
  endStep,
  enqueue,
  kvTokensInUse,
  remove,
  type Sequence,
  type StepCosts,
} from "./scheduler.ts";

export interface StepClock {
  /** Milliseconds; the same clock as the arrival times. */
  now(): number;
  /** Resolves as close after `dueMs` as it can. */
  sleepUntil(dueMs: number): Promise<void>;
}

export interface BatchLoad {
  running: number;
  waiting: number;
  kvUsedTokens: number;
  kvCapacityTokens: number;
}

type OnToken = (index: number, last: boolean) => void;

/** A step that ended later than this (the machine stood still) shifts what follows, so that it does not run fast to catch up. */
const LATENESS_KEPT_MS = 20;

export class BatchEngine {
  #state: BatchState = EMPTY_BATCH;
  #listeners = new Map<string, OnToken>();
  #readyMs = -Infinity;
  #looping = false;

  constructor(
    readonly limits: BatchLimits,
    readonly costs: StepCosts,
    readonly clock: StepClock,
  ) {}

  /** Queues a sequence; `onToken` is called once for each of its tokens. Throws if it can never fit. */
  submit(sequence: Sequence, onToken: OnToken): void {
    this.#state = enqueue(this.#state, sequence, this.limits);
    this.#listeners.set(sequence.id, onToken);
    if (!this.#looping) void this.#loop();
  }

  /** Takes a sequence out of the queue or the batch; it emits nothing more. */
  cancel(id: string): void {
    this.#state = remove(this.#state, id);
    this.#listeners.delete(id);
  }

  load(): BatchLoad {
    return {
      running: this.#state.running.length,
      waiting: this.#state.waiting.length,
      kvUsedTokens: kvTokensInUse(this.#state),
      kvCapacityTokens: this.limits.kvCapacityTokens,
    };
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    for (;;) {
      const step = beginStep(this.#state, this.#readyMs, this.limits, this.costs);
      if (step === null) break;
      this.#state = step.state;
      await this.clock.sleepUntil(step.endMs);
      this.#emit();
      const now = this.clock.now();
      this.#readyMs = now - step.endMs > LATENESS_KEPT_MS ? now : step.endMs;
    }
    this.#looping = false;
  }

  #emit(): void {
    const { state, tokens } = endStep(this.#state);
    this.#state = state;
    for (const { id, index, last } of tokens) {
      const onToken = this.#listeners.get(id);
      if (last) this.#listeners.delete(id);
      onToken?.(index, last);
    }
  }
}
