import assert from "node:assert/strict";
import { checkClock, offsetOf, type Ping } from "./worker_clock.ts";

Deno.test("an offset is known to within half of the time that asking took", () => {
  const ping = { asked_ms: 100, theirs_ms: 103, answered_ms: 104 };
  assert.deepEqual(offsetOf(ping), { offset_ms: 1, error_ms: 2 });
});

Deno.test("a clock is accepted at the first answer that shows it within 1 ms", async () => {
  const slow = { asked_ms: 0, theirs_ms: 9, answered_ms: 10 };
  const quick = { asked_ms: 20, theirs_ms: 20.4, answered_ms: 20.2 };
  const pings: Ping[] = [slow, quick, slow];
  await checkClock("worker 1", () => Promise.resolve(pings.shift()!));
  assert.equal(pings.length, 1);
});

Deno.test("a clock that differs by more is refused with how much and what to do", async () => {
  const ping = () => Promise.resolve({ asked_ms: 0, theirs_ms: 1.15, answered_ms: 0.1 });
  await assert.rejects(
    checkClock("worker 2", ping),
    /the clock of worker 2 is 1\.100 ms ahead, known to within 0\.050 ms; at most 1 ms .* `benchmark\.workers: 1`/,
  );
});
