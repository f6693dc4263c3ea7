import assert from "node:assert/strict";
import { DueQueue } from "./due_queue.ts";
import { Punctual } from "./punctual.ts";

Deno.test("what is due is given in order, whatever the order in which it came", () => {
  const queue = new DueQueue();
  const times = [5, 3, 9, 1, 7, 3, 8, 2, 6, 4, 0];
  for (const due_ms of times) queue.add({ due_ms });
  const taken = [];
  for (let first; (first = queue.take()) !== undefined;) taken.push(first.due_ms);
  assert.deepEqual(taken, times.toSorted((a, b) => a - b));
  assert.equal(queue.first, undefined);
});

/** A clock that goes on by 10 µs each time it is read, and timers that are as late as `late_ms` says. */
class Machine {
  at_ms = 0;
  timers: { at_ms: number; wake: () => void }[] = [];

  constructor(readonly late_ms: number) {}

  now = () => this.at_ms += 0.01;
  sleep = (ms: number, wake: () => void) => {
    this.timers.push({ at_ms: this.at_ms + ms + this.late_ms, wake });
  };

  /** Fires timers until none is left. */
  run(): void {
    for (;;) {
      this.timers.sort((a, b) => a.at_ms - b.at_ms);
      const timer = this.timers.shift();
      if (timer === undefined) return;
      this.at_ms = Math.max(this.at_ms, timer.at_ms);
      timer.wake();
    }
  }
}

/** When tasks that are due at `times` ran. */
function ran(times: number[], { late_ms, spin_ms }: { late_ms: number; spin_ms: number }) {
  const machine = new Machine(late_ms);
  const punctual = new Punctual({ spin_ms, now: machine.now, sleep: machine.sleep });
  const seen: number[] = [];
  for (const due_ms of times) punctual.at(due_ms, () => seen.push(machine.at_ms));
  machine.run();
  return seen;
}

Deno.test("no task runs before its time, even where timers are early", () => {
  for (const late_ms of [-0.7, 0, 1.4]) {
    for (const spin_ms of [0, 1, 2]) {
      const times = [10, 3, 3, 25, 3.2];
      const seen = ran(times, { late_ms, spin_ms });
      assert.equal(seen.length, 5);
      times.sort((a, b) => a - b).forEach((due, i) => assert.ok(seen[i]! >= due, `${seen}`));
    }
  }
});

Deno.test("who is awake early enough is on time, although timers are late", () => {
  const times = [10, 20, 30];
  const lateness = ran(times, { late_ms: 1.4, spin_ms: 2 }).map((at, i) => at - times[i]!);
  assert.ok(Math.max(...lateness) < 0.1, `${lateness}`);
  const slack = ran(times, { late_ms: 1.4, spin_ms: 0 }).map((at, i) => at - times[i]!);
  assert.ok(Math.min(...slack) >= 1.3, `${slack}`);
});

Deno.test("a long burst lets the loop turn, and still all of it runs in order", () => {
  const times = Array.from({ length: 2000 }, () => 5);
  const seen = ran(times, { late_ms: 0, spin_ms: 1 });
  assert.equal(seen.length, 2000);
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
});
