import assert from "node:assert/strict";
import { BatchEngine } from "./batch_engine.ts";

const limits = { maxSequences: 2, kvCapacityTokens: 100 };
const costs = { prefillMsPerToken: 1, decodeMsBase: 5, decodeMsPerSequence: 0 };

/** A clock that jumps to each due time, `lateMs` late. */
function jumpingClock(lateMs = 0) {
  let now = 0;
  return {
    now: () => now,
    sleepUntil(dueMs: number) {
      now = dueMs + lateMs;
      return Promise.resolve();
    },
  };
}

function sequence(id: string, outputTokens: number) {
  return { id, arrivalMs: 0, promptTokens: 5, outputTokens };
}

/** Runs sequence a of three tokens and gives the time of each. */
function tokenTimes(lateMs: number): Promise<number[]> {
  const clock = jumpingClock(lateMs);
  const engine = new BatchEngine(limits, costs, clock);
  const times: number[] = [];
  return new Promise((resolve) => {
    engine.submit(sequence("a", 3), (_index, last) => {
      times.push(clock.now());
      if (last) resolve(times);
    });
  });
}

Deno.test("tokens come at the due times of the steps", async () => {
  assert.deepEqual(await tokenTimes(0), [10, 15, 20]);
});

Deno.test("a little lateness does not add up, as due times are absolute", async () => {
  assert.deepEqual(await tokenTimes(1), [11, 16, 21]);
});

Deno.test("after a standstill the engine goes on from there and does not run fast", async () => {
  assert.deepEqual(await tokenTimes(30), [40, 75, 110]);
});

Deno.test("a cancelled sequence gives no more tokens and the next one takes its place", async () => {
  const engine = new BatchEngine({ ...limits, maxSequences: 1 }, costs, jumpingClock());
  const seen: string[] = [];
  await new Promise<void>((resolve) => {
    engine.submit(sequence("a", 50), () => {
      seen.push("a");
      engine.cancel("a");
    });
    engine.submit(sequence("b", 2), (_index, last) => {
      seen.push("b");
      if (last) resolve();
    });
    assert.deepEqual(engine.load(), {
      running: 1,
      waiting: 1,
      kvUsedTokens: 5,
      kvCapacityTokens: 100,
    });
  });
  assert.deepEqual(seen, ["a", "b", "b"]);
});

Deno.test("an engine that fell idle takes up work again", async () => {
  const engine = new BatchEngine(limits, costs, jumpingClock());
  for (const id of ["a", "b"]) {
    await new Promise<void>((resolve) => engine.submit(sequence(id, 1), () => resolve()));
  }
  assert.equal(engine.load().running, 0);
});
