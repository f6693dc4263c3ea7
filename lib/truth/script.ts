/** What the known-truth server is to do with one request, and when: pure. */

/** Times in milliseconds. Absent fields of a request are those of the server's own options. */
export interface TruthScript {
  /** From the request's arrival to its first token. */
  ttft_ms: number;
  /** Between tokens. */
  token_ms: number;
  /**
   * `step`: the tokens of all streams leave together, once every `token_ms`, as engines that batch
   * send them. `independent`: each stream keeps its own time.
   */
  mode: "step" | "independent";
  /** Streams that begin together are spread over one `token_ms`; only where they are independent. */
  spread: boolean;
  /** Tokens in one chunk, which leaves when the last of them is due. */
  tokens_per_chunk: number;
  /** Chunks in one write, which leaves when the last of them is due. */
  chunks_per_write: number;
  /** The second half of each write leaves so much later, cut inside a token's frame; 0: in one piece. */
  split_ms: number;
  /** Begin with a chunk that names only a role. */
  role: boolean;
  /** A chunk without text after every so many chunks; 0: none. */
  empty_every: number;
  /** Stop by itself after so many tokens; 0: at `max_tokens`. */
  stop_after: number;
  /** Send an error inside the stream after so many tokens and end it; 0: none. */
  error_after: number;
  /** Hold back everything for `stall_ms` after so many tokens; 0: never. */
  stall_after: number;
  stall_ms: number;
}

export const DEFAULT_SCRIPT: TruthScript = {
  ttft_ms: 50,
  token_ms: 20,
  mode: "independent",
  spread: false,
  tokens_per_chunk: 1,
  chunks_per_write: 1,
  split_ms: 0,
  role: true,
  empty_every: 0,
  stop_after: 0,
  error_after: 0,
  stall_after: 0,
  stall_ms: 0,
};

type Field = keyof TruthScript;

const AT_LEAST: Partial<Record<Field, number>> = { tokens_per_chunk: 1, chunks_per_write: 1 };
/** Counts, as opposed to times. */
const WHOLE: readonly Field[] = [
  "tokens_per_chunk",
  "chunks_per_write",
  "empty_every",
  "stop_after",
  "error_after",
  "stall_after",
];

/** `defaults` with what `asked` says; throws a sentence that names the field that is wrong. */
export function readScript(asked: unknown, defaults: TruthScript = DEFAULT_SCRIPT): TruthScript {
  if (asked === undefined) return defaults;
  if (typeof asked !== "object" || asked === null || Array.isArray(asked)) {
    throw new Error("truth: expected an object");
  }
  for (const [name, value] of Object.entries(asked)) {
    const problem = fieldProblem(name as Field, value);
    if (problem !== null) throw new Error(`truth.${name}: ${problem}`);
  }
  const script: TruthScript = { ...defaults, ...asked };
  if (script.split_ms > 0 && script.chunks_per_write > 1) {
    throw new Error("truth: split_ms and chunks_per_write exclude each other");
  }
  if (script.mode === "step" && script.token_ms === 0) {
    throw new Error("truth.token_ms: steps need more than 0");
  }
  return script;
}

function fieldProblem(name: Field, value: unknown): string | null {
  if (!(name in DEFAULT_SCRIPT)) return `no such field; known: ${Object.keys(DEFAULT_SCRIPT)}`;
  if (name === "mode") {
    return value === "step" || value === "independent" ? null : "expected step or independent";
  }
  if (typeof DEFAULT_SCRIPT[name] === "boolean") {
    return typeof value === "boolean" ? null : "expected true or false";
  }
  const least = AT_LEAST[name] ?? 0;
  const number = typeof value === "number" && Number.isFinite(value) && value >= least;
  if (!number) return `expected a number of at least ${least}`;
  return WHOLE.includes(name) && !Number.isInteger(value) ? "expected a whole number" : null;
}

/** A frame of the stream; `tokens` carries that many. */
export type Frame =
  | { kind: "token"; tokens: number }
  | { kind: "role" | "empty" | "done" | "error" }
  | { kind: "finish"; reason: "stop" | "length" }
  | { kind: "usage"; tokens: number };

/** Frames that leave together; `at_ms` counts from the request's arrival. */
export interface PlannedWrite {
  at_ms: number;
  frames: Frame[];
}

/** The writes of one answer in order, each `phase_ms` later than scripted. Never empty. */
export function scheduleOf(
  script: TruthScript,
  max_tokens: number,
  phase_ms = 0,
): PlannedWrite[] {
  const { ttft_ms, token_ms, tokens_per_chunk, chunks_per_write, stall_after, stall_ms } = script;
  const limits = [script.stop_after, script.error_after].filter((limit) => limit > 0);
  const total = Math.min(Math.max(1, max_tokens), ...limits);
  const dueOf = (token: number) =>
    phase_ms + ttft_ms + token * token_ms +
    (stall_after > 0 && token >= stall_after ? stall_ms : 0);
  const writes: PlannedWrite[] = [];
  for (let first = 0, chunk = 0; first < total; first += tokens_per_chunk, chunk++) {
    const tokens = Math.min(tokens_per_chunk, total - first);
    const at_ms = dueOf(first + tokens - 1);
    const frames: Frame[] = [{ kind: "token", tokens }];
    if (script.role && chunk === 0) frames.unshift({ kind: "role" });
    if (script.empty_every > 0 && (chunk + 1) % script.empty_every === 0) {
      frames.push({ kind: "empty" });
    }
    const open = writes.at(-1);
    if (chunk % chunks_per_write === 0 || open === undefined) writes.push({ at_ms, frames });
    else Object.assign(open, { at_ms, frames: [...open.frames, ...frames] });
  }
  writes.at(-1)!.frames.push(...endOf(script, total, max_tokens));
  return writes;
}

function endOf({ error_after }: TruthScript, total: number, max_tokens: number): Frame[] {
  if (error_after > 0 && total === error_after) return [{ kind: "error" }];
  const reason = total < max_tokens ? "stop" : "length";
  return [{ kind: "finish", reason }, { kind: "usage", tokens: total }, { kind: "done" }];
}

/**
 * How much later than scripted the request with this number leaves: up to the next step that all
 * streams share, counted from `arrival_ms` on the server's clock, or its part of the spread.
 */
export function phaseOf(script: TruthScript, request: number, arrival_ms: number): number {
  const { mode, spread, ttft_ms, token_ms } = script;
  if (mode === "step") {
    const first_ms = arrival_ms + ttft_ms;
    return Math.ceil(first_ms / token_ms) * token_ms - first_ms;
  }
  // The golden ratio's multiples never crowd.
  return spread ? (request * 0.6180339887498949) % 1 * token_ms : 0;
}
