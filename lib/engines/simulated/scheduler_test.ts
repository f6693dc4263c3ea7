import assert from "node:assert/strict";
import {
  type BatchState,
  beginStep,
  EMPTY_BATCH,
  endStep,
  enqueue,
  kvTokensInUse,
  remove,
  type Sequence,
} from "./scheduler.ts";

const limits = { maxSequences: 2, kvCapacityTokens: 100 };
const costs = { prefillMsPerToken: 0.25, decodeMsBase: 5, decodeMsPerSequence: 0.5 };

function sequence(id: string, facts: Partial<Sequence> = {}): Sequence {
  return { id, arrivalMs: 0, promptTokens: 8, outputTokens: 2, ...facts };
}

function queued(...sequences: Sequence[]): BatchState {
  return sequences.reduce((state, s) => enqueue(state, s, limits), EMPTY_BATCH);
}

/** Runs to the end: `ID@time` for each token. */
function timeline(state: BatchState): string[] {
  const tokens: string[] = [];
  for (let readyMs = 0;;) {
    const step = beginStep(state, readyMs, limits, costs);
    if (step === null) return tokens;
    const ended = endStep(step.state);
    tokens.push(...ended.tokens.map((t) => `${t.id}${t.last ? "." : ""}@${step.endMs}`));
    readyMs = step.endMs;
    state = ended.state;
  }
}

Deno.test("a step costs prefill of those admitted plus decode of those running", () => {
  // 8 × 0.25 + 5 + 0.5 = 7.5, then 5.5 for each further token.
  assert.deepEqual(timeline(queued(sequence("a", { outputTokens: 3 }))), [
    "a@7.5",
    "a@13",
    "a.@18.5",
  ]);
  // Both prefill in one step: 16 × 0.25 + 5 + 2 × 0.5 = 10, then 6.
  assert.deepEqual(timeline(queued(sequence("a"), sequence("b"))), [
    "a@10",
    "b@10",
    "a.@16",
    "b.@16",
  ]);
});

Deno.test("a newcomer's prefill makes the step longer for everybody", () => {
  const state = queued(
    sequence("a", { outputTokens: 3 }),
    sequence("b", { arrivalMs: 1, promptTokens: 40, outputTokens: 1 }),
  );
  // b arrives in a's first step and joins the second: 7.5 + 40 × 0.25 + 5 + 1 = 23.5.
  assert.deepEqual(timeline(state), ["a@7.5", "a@23.5", "b.@23.5", "a.@29"]);
});

Deno.test("no more than max_sequences run, and those that wait are taken in order of arrival", () => {
  const state = queued(
    sequence("a", { outputTokens: 1 }),
    sequence("b"),
    sequence("c", { outputTokens: 1 }),
    sequence("d", { outputTokens: 1 }),
  );
  const order = timeline(state).map((token) => token.split("@")[0]);
  assert.deepEqual(order, ["a.", "b", "b.", "c.", "d."]);
});

Deno.test("a sequence waits until prompt and output fit into the KV cache, and none overtakes it", () => {
  const state = queued(
    sequence("a", { promptTokens: 58, outputTokens: 2 }),
    sequence("b", { promptTokens: 40, outputTokens: 1 }),
    sequence("c", { promptTokens: 1, outputTokens: 1 }),
  );
  const order = timeline(state).map((token) => token.split("@")[0]);
  assert.deepEqual(order, ["a", "a.", "b.", "c."]);
});

Deno.test("KV in use is prompts and emitted tokens of what runs, and is freed at the end", () => {
  const first = beginStep(queued(sequence("a"), sequence("b")), 0, limits, costs)!;
  assert.equal(kvTokensInUse(first.state), 16);
  const afterOne = endStep(first.state).state;
  assert.equal(kvTokensInUse(afterOne), 18);
  assert.equal(kvTokensInUse(endStep(afterOne).state), 0);
});

Deno.test("a sequence that can never fit is refused with the numbers", () => {
  assert.throws(
    () => enqueue(EMPTY_BATCH, sequence("a", { promptTokens: 99 }), limits),
    /sequence a has 99 prompt and 2 output tokens; expected .* at most 100/,
  );
});

Deno.test("an idle batch starts its next step when something arrives", () => {
  const step = beginStep(queued(sequence("a", { arrivalMs: 42 })), 7, limits, costs)!;
  assert.equal(step.startMs, 42);
  assert.equal(step.endMs, 49.5);
  assert.equal(beginStep(EMPTY_BATCH, 7, limits, costs), null);
});

Deno.test("a removed sequence emits nothing more and makes room", () => {
  const begun = beginStep(queued(sequence("a"), sequence("b"), sequence("c")), 0, limits, costs)!;
  const without = remove(begun.state, "a");
  assert.deepEqual(endStep(without).tokens.map((t) => t.id), ["b"]);
  const next = beginStep(endStep(without).state, begun.endMs, limits, costs)!;
  assert.deepEqual(next.state.running.map((s) => s.id), ["b", "c"]);
});
