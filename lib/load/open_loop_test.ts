import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { runOpenLoop } from "./open_loop.ts";

interface Options {
  due_ms: number[];
  max_in_flight?: number;
  duration_ms: (index: number) => number;
  signal?: AbortSignal;
  onSend?: (index: number) => void;
}

/** Runs the loop on a clock that jumps to the next thing that is due. */
async function run({ due_ms, duration_ms, max_in_flight = Infinity, ...options }: Options) {
  let now_ms = 0;
  const waiting: { at_ms: number; go: () => void }[] = [];
  const until = (at_ms: number) => new Promise<void>((go) => waiting.push({ at_ms, go }));
  const sent: { at_ms: number; scheduled_ms: number; in_flight: number }[] = [];
  const ahead_ms: number[] = [];
  let done = 0;
  let settled = false;
  const loop = runOpenLoop({
    due_ms,
    max_in_flight,
    now: () => now_ms,
    signal: options.signal ?? new AbortController().signal,
    waitUntil: (at_ms) => at_ms <= now_ms ? Promise.resolve() : until(at_ms),
    ahead: () => void ahead_ms.push(now_ms),
    send({ request_index, scheduled_ms, in_flight }) {
      sent.push({ at_ms: now_ms, scheduled_ms, in_flight });
      options.onSend?.(request_index);
      return until(now_ms + duration_ms(request_index));
    },
    done: () => void done++,
  }).finally(() => settled = true);
  for (let idle = 0; !settled && idle < 5;) {
    await setImmediate();
    waiting.sort((a, b) => a.at_ms - b.at_ms);
    const next = waiting.shift();
    idle = next ? 0 : idle + 1;
    if (!next) continue;
    now_ms = Math.max(now_ms, next.at_ms);
    next.go();
  }
  assert(settled, "the loop waits for something that never comes");
  return { window: await loop, sent, ahead_ms, done };
}

Deno.test("requests leave when they are due, however long the others take", async () => {
  const { sent, window, done } = await run({ due_ms: [5, 10, 10, 300], duration_ms: () => 1000 });
  assert.deepEqual(sent.map(({ at_ms }) => at_ms), [5, 10, 10, 300]);
  assert.deepEqual(sent.map(({ in_flight }) => in_flight), [1, 2, 3, 4]);
  assert.deepEqual(window, { start_ms: 5, end_ms: 300 });
  assert.equal(done, 4);
});

Deno.test("under a cap requests wait, in their order, and keep their schedule", async () => {
  const { sent, window } = await run({
    due_ms: [0, 10, 20, 30, 500],
    max_in_flight: 2,
    duration_ms: () => 100,
  });
  assert.deepEqual(sent.map(({ at_ms }) => at_ms), [0, 10, 100, 110, 500]);
  assert.deepEqual(sent.map(({ scheduled_ms }) => scheduled_ms), [0, 10, 20, 30, 500]);
  assert.equal(Math.max(...sent.map(({ in_flight }) => in_flight)), 2);
  assert.deepEqual(window, { start_ms: 0, end_ms: 500 });
});

Deno.test("what sending needs is made ready before each request, shortly before where there is time", async () => {
  const { ahead_ms } = await run({ due_ms: [20, 1000], duration_ms: () => 1 });
  assert.deepEqual(ahead_ms, [0, 20, 950]);
});

Deno.test("after an abort nothing more is sent and what is in flight is waited for", async () => {
  const abort = new AbortController();
  const { sent, window, done } = await run({
    due_ms: [0, 10, 20, 30],
    duration_ms: () => 100,
    signal: abort.signal,
    onSend: (index) => index === 1 && abort.abort(),
  });
  assert.equal(sent.length, 2);
  assert.equal(done, 2);
  assert.deepEqual(window, { start_ms: 0, end_ms: 10 });
});

Deno.test("when nothing was sent there is no window", async () => {
  const signal = AbortSignal.abort();
  assert.equal((await run({ due_ms: [1], duration_ms: () => 1, signal })).window, null);
  assert.equal((await run({ due_ms: [], duration_ms: () => 1 })).window, null);
});
