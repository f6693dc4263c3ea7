import assert from "node:assert/strict";
import { type Flight, InFlight } from "./in_flight.ts";

/** Keeps how it was broken off, and ends only when it is told to. */
function flight(heard: string[], name: string): Flight {
  return { breakOff: (as, reason) => heard.push(`${name}: ${as}, ${reason}`) };
}

Deno.test("an abort cancels those that are in flight and no other", () => {
  const heard: string[] = [];
  const run = new AbortController();
  using inFlight = new InFlight({ timeout_ms: 60_000, signal: run.signal });
  const [first, second] = [flight(heard, "first"), flight(heard, "second")];
  inFlight.begin(first);
  inFlight.begin(second);
  inFlight.end(first);
  run.abort();
  inFlight.end(second);
  assert.deepEqual(heard, ["second: cancelled, the run was interrupted"]);
});

Deno.test("a time-out is told once, to a request that takes its time to end", async () => {
  const heard: string[] = [];
  using inFlight = new InFlight({ timeout_ms: 5, signal: new AbortController().signal });
  const slow = flight(heard, "slow");
  inFlight.begin(slow);
  await new Promise<void>((resolve) => {
    const late: Flight = {
      breakOff() {
        inFlight.end(late);
        resolve();
      },
    };
    inFlight.begin(late);
  });
  inFlight.end(slow);
  assert.deepEqual(heard, ["slow: timeout, no end after 0.005 s"]);
});

Deno.test("at its end neither a timer nor a listener is left", () => {
  // The test runner fails a test that leaves a timer.
  using inFlight = new InFlight({ timeout_ms: 60_000, signal: new AbortController().signal });
  for (let round = 0; round < 2; round++) {
    const one = flight([], "one");
    inFlight.begin(one);
    inFlight.end(one);
  }
});
