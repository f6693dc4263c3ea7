import assert from "node:assert/strict";
import { watchGc } from "./gc_watch.ts";

Deno.test("pauses of all profiles are summed, each profile ended before the next begins", () => {
  const profiles = [[1, 2], [], [5, 0.5]];
  let [begun, open, stopped] = [0, 0, 0];
  let tick = () => {};
  const stop = watchGc(() => {
    assert.equal(open++, 0);
    const pauses = profiles[begun++]!;
    return () => {
      open--;
      return pauses;
    };
  }, (run) => {
    tick = run;
    return () => void stopped++;
  });
  tick();
  tick();
  assert.deepEqual(stop(), { count: 4, total_ms: 8.5, max_ms: 5 });
  assert.deepEqual([begun, open, stopped], [3, 0, 1]);
});

Deno.test("collections of this thread are seen", () => {
  const stop = watchGc();
  let kept: unknown = null;
  for (let i = 0; i < 3e6; i++) kept = { i, kept: null };
  assert.ok(kept !== null);
  const { count, total_ms, max_ms } = stop();
  assert.ok(count > 0 && total_ms > 0 && max_ms <= total_ms);
});
