import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Readings } from "./readings.ts";

/** Tasks of so many milliseconds; gives how many of them each turn of the event loop ran. */
async function turns(tasks: number, task_ms: number): Promise<number[]> {
  let now_ms = 0;
  let ran = 0;
  const readings = new Readings(() => now_ms);
  for (let i = 0; i < tasks; i++) {
    readings.add(() => {
      assert.equal(i, ran++);
      now_ms += task_ms;
    });
  }
  const seen = [];
  for (let before = 0; ran < tasks; before = ran) {
    await setImmediate();
    if (ran > before) seen.push(ran - before);
  }
  await readings.finished();
  return seen;
}

Deno.test("short tasks share a turn, a long one has its own, and all run in order", async () => {
  assert.deepEqual(await turns(12, 0.125), [4, 4, 4]);
  assert.deepEqual(await turns(3, 2), [1, 1, 1]);
});

Deno.test("when very many wait, a turn runs more of them, however long they take", async () => {
  const [first, second] = await turns(6400, 2);
  assert.deepEqual([first, second], [100, 99]);
});

Deno.test("a task that is added once all have run is run, too", async () => {
  const readings = new Readings();
  const ran: string[] = [];
  readings.add(() => void ran.push("first"));
  await readings.finished();
  readings.add(() => void ran.push("second"));
  await readings.finished();
  assert.deepEqual(ran, ["first", "second"]);
});

Deno.test("a task that throws fails the rest", async () => {
  const readings = new Readings();
  readings.add(() => {
    throw new Error("disk full");
  });
  readings.add(() => assert.fail("ran"));
  await assert.rejects(readings.finished(), /disk full/);
});
