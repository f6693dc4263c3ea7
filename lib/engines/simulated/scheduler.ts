/**
 * Continuous batching as arithmetic: a state, and the step from one state to the next. No clock and
 * no randomness; times are milliseconds on whatever clock the caller uses.
 *
 * A step costs `prefill_ms_per_token × prompt tokens admitted + decode_ms_base +
 * decode_ms_per_sequence × running`; at its end every running sequence emits one token.
 */
export interface BatchLimits {
  maxSequences: number;
  /** Room of the KV cache; a sequence holds prompt + output tokens of it while it runs. */
  kvCapacityTokens: number;
}

export interface StepCosts {
  prefillMsPerToken: number;
  decodeMsBase: number;
  decodeMsPerSequence: number;
}

export interface Sequence {
  id: string;
  arrivalMs: number;
  promptTokens: number;
  /** Tokens that it will emit, at least 1. */
  outputTokens: number;
}

export interface RunningSequence extends Sequence {
  emitted: number;
}

export interface BatchState {
  /** In order of arrival. */
  waiting: readonly Sequence[];
  /** In order of admission. */
  running: readonly RunningSequence[];
}

export interface BatchStep {
  state: BatchState;
  startMs: number;
  endMs: number;
}

/** Token number `index` (from 0) of a sequence. */
export interface EmittedToken {
  id: string;
  index: number;
  last: boolean;
}

export const EMPTY_BATCH: BatchState = { waiting: [], running: [] };

/** The state with one more sequence at the end of the queue. Throws a RangeError if it can never run. */
export function enqueue(state: BatchState, sequence: Sequence, limits: BatchLimits): BatchState {
  const needed = kvTokens(sequence);
  if (sequence.outputTokens < 1 || needed > limits.kvCapacityTokens) {
    throw new RangeError(
      `sequence ${sequence.id} has ${sequence.promptTokens} prompt and ${sequence.outputTokens} output tokens; ` +
        `expected at least 1 output token and at most ${limits.kvCapacityTokens} in all`,
    );
  }
  return { ...state, waiting: [...state.waiting, sequence] };
}

/** The state without that sequence, wherever it was. */
export function remove(state: BatchState, id: string): BatchState {
  const others = <T extends Sequence>(list: readonly T[]) => list.filter((s) => s.id !== id);
  return { waiting: others(state.waiting), running: others(state.running) };
}

/**
 * Admits what has arrived and fits, first come first served, and says when the step ends. The step
 * starts at `readyMs`, or when the first sequence arrives if nothing is there before. Null when idle.
 */
export function beginStep(
  state: BatchState,
  readyMs: number,
  limits: BatchLimits,
  costs: StepCosts,
): BatchStep | null {
  if (state.running.length === 0 && state.waiting.length === 0) return null;
  const startMs = state.running.length > 0
    ? readyMs
    : Math.max(readyMs, state.waiting[0]!.arrivalMs);
  const admitted = state.waiting.slice(0, admissible(state, startMs, limits));
  const running = [...state.running, ...admitted.map((s) => ({ ...s, emitted: 0 }))];
  const prefillTokens = admitted.reduce((sum, s) => sum + s.promptTokens, 0);
  const costMs = costs.prefillMsPerToken * prefillTokens +
    costs.decodeMsBase + costs.decodeMsPerSequence * running.length;
  return {
    state: { waiting: state.waiting.slice(admitted.length), running },
    startMs,
    endMs: startMs + costMs,
  };
}

/** One token for every running sequence; those that are done leave and free their room. */
export function endStep(state: BatchState): { state: BatchState; tokens: EmittedToken[] } {
  const tokens = state.running.map((s) => ({
    id: s.id,
    index: s.emitted,
    last: s.emitted + 1 === s.outputTokens,
  }));
  const running = state.running
    .map((s) => ({ ...s, emitted: s.emitted + 1 }))
    .filter((s) => s.emitted < s.outputTokens);
  return { state: { ...state, running }, tokens };
}

/** Tokens that the running sequences hold now: prompts and what they have emitted. */
export function kvTokensInUse(state: BatchState): number {
  return state.running.reduce((sum, s) => sum + s.promptTokens + s.emitted, 0);
}

/** How many from the head of the queue start now. Nobody overtakes a head that does not fit. */
function admissible(state: BatchState, startMs: number, limits: BatchLimits): number {
  let reserved = state.running.reduce((sum, s) => sum + kvTokens(s), 0);
  let count = 0;
  for (const sequence of state.waiting) {
    reserved += kvTokens(sequence);
    const fits = state.running.length + count < limits.maxSequences &&
      reserved <= limits.kvCapacityTokens && sequence.arrivalMs <= startMs;
    if (!fits) break;
    count++;
  }
  return count;
}

function kvTokens(sequence: Sequence): number {
  return sequence.promptTokens + sequence.outputTokens;
}
