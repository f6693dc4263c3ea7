import assert from "node:assert/strict";
import { type LagReport, watchEventLoop } from "./event_loop_lag.ts";

/** Runs the probe with a timer that fires at the given times instead of every 10 ms. */
function reportOf(fired_ms: Iterable<number>): LagReport {
  const { setInterval, clearInterval } = globalThis;
  let now_ms = 0;
  let tick = () => {};
  let stopped = 0;
  Object.assign(globalThis, {
    setInterval(callback: () => void, period_ms: number) {
      assert.equal(period_ms, 10);
      tick = callback;
      return 4711;
    },
    clearInterval: (id: number) => void (stopped += id === 4711 ? 1 : 0),
  });
  try {
    const stop = watchEventLoop(() => now_ms);
    for (const at_ms of fired_ms) {
      now_ms = at_ms;
      tick();
    }
    const report = stop();
    assert.equal(stopped, 1);
    return report;
  } finally {
    Object.assign(globalThis, { setInterval, clearInterval });
  }
}

Deno.test("a timer that is on time has no lag, one that is early neither", () => {
  const none = { event_loop_lag_ms_p99: 0, event_loop_lag_ms_max: 0 };
  assert.deepEqual(reportOf([10, 20, 30]), none);
  assert.deepEqual(reportOf([9, 19, 28]), none);
});

Deno.test("lag is what a tick is late against the last one, not all lateness so far", () => {
  assert.deepEqual(reportOf([10, 45, 55, 65]).event_loop_lag_ms_max, 25);
  assert.deepEqual(reportOf([40, 80, 120]), {
    event_loop_lag_ms_p99: 30,
    event_loop_lag_ms_max: 30,
  });
});

Deno.test("one late tick of 201 is the largest and not the p99", () => {
  const times = Array.from({ length: 201 }, (_, i) => 10 * (i + 1) + (i >= 100 ? 500 : 0));
  assert.deepEqual(reportOf(times), { event_loop_lag_ms_p99: 0, event_loop_lag_ms_max: 500 });
});

Deno.test("a probe that never fired tells nothing", () => {
  assert.deepEqual(reportOf([]), { event_loop_lag_ms_p99: null, event_loop_lag_ms_max: null });
});

Deno.test("a trial of two hours is not too long to be summed up", () => {
  function* ticks() {
    for (let i = 1; i <= 720_000; i++) yield 10 * i + (i >= 500_000 ? 3 : 0);
  }
  assert.equal(reportOf(ticks()).event_loop_lag_ms_max, 3);
});
