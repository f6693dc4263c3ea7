import assert from "node:assert/strict";
import { machineClock, machineNow } from "./machine_clock.ts";

Deno.test("the machine's clock tells milliseconds since the epoch", () => {
  assert.ok(Math.abs(machineNow() - Date.now()) < 1000);
});

Deno.test("sleeping to a moment never ends before it, whether far, near or past", async () => {
  for (const aheadMs of [6, 1, 0.2, -3]) {
    const dueMs = machineNow() + aheadMs;
    await machineClock.sleepUntil(dueMs);
    assert.ok(machineNow() >= dueMs);
  }
});

Deno.test("timers still run in the stretch that is passed awake", async () => {
  let ran = false;
  const dueMs = machineNow() + 1.5;
  setTimeout(() => ran = true, 0);
  await machineClock.sleepUntil(dueMs);
  assert.ok(ran);
});
