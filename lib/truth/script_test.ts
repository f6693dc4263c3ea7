import assert from "node:assert/strict";
import { DEFAULT_SCRIPT, phaseOf, readScript, scheduleOf, type TruthScript } from "./script.ts";

/** Times and frames of an answer of six tokens. */
function answer(changes: Partial<TruthScript>, phase_ms = 0): string[] {
  const script = readScript({ ttft_ms: 50, token_ms: 10, ...changes });
  return scheduleOf(script, 6, phase_ms).map(({ at_ms, frames }) =>
    `${at_ms}: ${
      frames.map((frame) => frame.kind === "token" ? String(frame.tokens) : frame.kind).join(" ")
    }`
  );
}

const END = "finish usage done";

Deno.test("one token a chunk, the first after TTFT, the end with the last", () => {
  assert.deepEqual(answer({}), [
    "50: role 1",
    "60: 1",
    "70: 1",
    "80: 1",
    "90: 1",
    `100: 1 ${END}`,
  ]);
});

Deno.test("a chunk of several tokens leaves when the last of them is due", () => {
  assert.deepEqual(answer({ tokens_per_chunk: 4, role: false }), ["80: 4", `100: 2 ${END}`]);
});

Deno.test("merged chunks leave in one write, when the last of them is due", () => {
  assert.deepEqual(answer({ chunks_per_write: 3 }), ["70: role 1 1 1", `100: 1 1 1 ${END}`]);
});

Deno.test("empty chunks come after every so many, a stall holds back all that follows", () => {
  assert.deepEqual(answer({ empty_every: 3, stall_after: 3, stall_ms: 500, role: false }), [
    "50: 1",
    "60: 1",
    "70: 1 empty",
    "580: 1",
    "590: 1",
    `600: 1 empty ${END}`,
  ]);
});

Deno.test("an early stop is a stop, an error ends the stream without usage", () => {
  const stopped = scheduleOf({ ...DEFAULT_SCRIPT, stop_after: 2 }, 6).at(-1)!.frames;
  assert.deepEqual(stopped.slice(1), [
    { kind: "finish", reason: "stop" },
    { kind: "usage", tokens: 2 },
    { kind: "done" },
  ]);
  assert.deepEqual(answer({ error_after: 2 }), ["50: role 1", "60: 1 error"]);
  const whole = scheduleOf(DEFAULT_SCRIPT, 6).at(-1)!.frames;
  assert.deepEqual(whole[1], { kind: "finish", reason: "length" });
});

Deno.test("in step mode first tokens wait for the step that all streams share", () => {
  const script = readScript({ mode: "step", ttft_ms: 50, token_ms: 20 });
  for (const arrival_ms of [0, 3, 10, 17.5, 30]) {
    const phase_ms = phaseOf(script, 1, arrival_ms);
    assert.ok(phase_ms >= 0 && phase_ms < 20);
    for (const { at_ms } of scheduleOf(script, 3, phase_ms)) {
      assert.equal((arrival_ms + at_ms) % 20, 0);
    }
  }
});

Deno.test("spread streams that begin together do not meet", () => {
  const script = readScript({ token_ms: 20, spread: true });
  const phases = Array.from({ length: 10 }, (_, i) => phaseOf(script, i + 1, 0)).sort((a, b) =>
    a - b
  );
  assert.ok(phases.slice(1).every((phase, i) => phase - phases[i]! > 0.5));
  assert.ok(phases.every((phase) => phase >= 0 && phase < 20));
  assert.equal(phaseOf(readScript({ token_ms: 20 }), 7, 0), 0);
});

Deno.test("a script that makes no sense is refused with the field's name", () => {
  const refused: [object, RegExp][] = [
    [{ ttfs_ms: 1 }, /truth\.ttfs_ms: no such field; known: ttft_ms/],
    [{ ttft_ms: -1 }, /truth\.ttft_ms: expected a number of at least 0/],
    [{ tokens_per_chunk: 0 }, /truth\.tokens_per_chunk: expected a number of at least 1/],
    [{ stop_after: 1.5 }, /truth\.stop_after: expected a whole number/],
    [{ mode: "burst" }, /truth\.mode: expected step or independent/],
    [{ role: 1 }, /truth\.role: expected true or false/],
    [{ split_ms: 1, chunks_per_write: 2 }, /exclude each other/],
    [{ mode: "step", token_ms: 0 }, /steps need more than 0/],
    [[], /expected an object/],
  ];
  for (const [asked, said] of refused) assert.throws(() => readScript(asked), said);
  assert.equal(readScript(undefined), DEFAULT_SCRIPT);
});
