/** Several loops that send one phase together, on a clock that jumps, against one loop that sends it alone. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { runClosedLoop, type Turn } from "./closed_loop.ts";
import { type OpenTurn, runOpenLoop, type ScheduledWindow } from "./open_loop.ts";
import { membersOf, PhaseCounts, sharedCounts } from "./share.ts";

/** Answers end, in the order of their times, once nothing else can happen. */
class Clock {
  now_ms = 0;
  readonly #waiting: { at_ms: number; go: () => void }[] = [];
  readonly until = (at_ms: number) =>
    new Promise<void>((go) => this.#waiting.push({ at_ms: Math.max(at_ms, this.now_ms), go }));

  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const watched = work.finally(() => settled = true);
    for (let idle = 0; !settled && idle < 5;) {
      await setImmediate();
      this.#waiting.sort((a, b) => a.at_ms - b.at_ms);
      const next = this.#waiting.shift();
      idle = next ? 0 : idle + 1;
      if (!next) continue;
      this.now_ms = next.at_ms;
      next.go();
    }
    assert(settled, "a loop waits for something that never comes");
    return await watched;
  }
}

const SIGNAL = new AbortController().signal;
/** Different for each request, so that no two answers end together. */
const duration_ms = (index: number) => 100 + (index * 37) % 101 + index / 1000;

async function closed(loops: number, users: number, requests: number, ramp_ms = 0) {
  const clock = new Clock();
  const memory = sharedCounts();
  const turns: Turn[] = [];
  const ends = await clock.run(
    Promise.all(Array.from({ length: loops }, (_, index) =>
      runClosedLoop<{ end_ms: number }>({
        users,
        requests,
        share: { index, of: loops },
        counts: new PhaseCounts(requests, memory),
        start_ms: 0,
        ...(ramp_ms > 0 ? { ramp_ms, waitUntil: clock.until } : {}),
        now: () => clock.now_ms,
        signal: SIGNAL,
        prepare: () => Promise.resolve(false),
        async send(turn) {
          turns.push(turn);
          await clock.until(clock.now_ms + duration_ms(turn.request_index));
          return { end_ms: clock.now_ms };
        },
        done() {},
      }))),
  );
  return { turns, ends };
}

for (const loops of [2, 4, 7]) {
  Deno.test(`${loops} closed loops send exactly N, keep C in flight, and drain when one would`, async () => {
    const [users, requests] = [10, 83];
    const { turns, ends } = await closed(loops, users, requests);
    const indexes = turns.map(({ request_index }) => request_index).sort((a, b) => a - b);
    assert.deepEqual(indexes, Array.from({ length: requests }, (_, i) => i));
    assert.equal(new Set(turns.map(({ user_index }) => user_index)).size, users);
    assert.equal(Math.max(...turns.map(({ in_flight }) => in_flight)), users);
    assert.ok(turns.slice(users).every(({ in_flight }) => in_flight === users));
    const alone = await closed(1, users, requests);
    const known = ends.filter((end) => end !== null);
    assert.equal(Math.min(...known), alone.ends[0]);
    const sends = ({ request_index, scheduled_ms }: Turn) => [request_index, scheduled_ms];
    assert.deepEqual(turns.map(sends), alone.turns.map(sends));
  });
}

Deno.test("with fewer requests than users no more users work than there are requests", async () => {
  const { turns, ends } = await closed(4, 10, 3);
  assert.deepEqual(turns.map(({ user_index }) => user_index).sort(), [0, 1, 2]);
  assert.equal(ends[3], null);
});

Deno.test("a ramp is spread over the users of all loops", async () => {
  const { turns } = await closed(2, 4, 40, 400);
  const starts = [0, 1, 2, 3].map((user) => {
    const first = turns.find(({ user_index }) => user_index === user)!;
    return [user, first.scheduled_ms];
  });
  assert.deepEqual(starts, [[0, 0], [1, 100], [2, 200], [3, 300]]);
});

Deno.test("open loops divide the schedule in turn and count what is in flight together", async () => {
  const clock = new Clock();
  const memory = sharedCounts();
  const due_ms = [10, 20, 30, 40, 50, 60, 70];
  const turns: OpenTurn[] = [];
  const windows = await clock.run(Promise.all([0, 1, 2].map((index) =>
    runOpenLoop<void>({
      due_ms,
      share: { index, of: 3 },
      counts: new PhaseCounts(due_ms.length, memory),
      max_in_flight: Infinity,
      now: () => clock.now_ms,
      signal: SIGNAL,
      waitUntil: (at_ms) => at_ms <= clock.now_ms ? Promise.resolve() : clock.until(at_ms),
      ahead() {},
      send(turn) {
        turns.push(turn);
        return clock.until(clock.now_ms + 1000);
      },
      done() {},
    })
  )));
  assert.deepEqual(turns.map(({ request_index }) => request_index), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(turns.map(({ scheduled_ms }) => scheduled_ms), due_ms);
  assert.deepEqual(turns.map(({ in_flight }) => in_flight), [1, 2, 3, 4, 5, 6, 7]);
  const expected: ScheduledWindow[] = [[10, 70], [20, 50], [30, 60]].map(([start_ms, end_ms]) => ({
    start_ms: start_ms!,
    end_ms: end_ms!,
  }));
  assert.deepEqual(windows, expected);
});

Deno.test("shares have every member once", () => {
  const members = (index: number, count: number) => [...membersOf({ index, of: 3 }, count)];
  assert.deepEqual([0, 1, 2].map((index) => members(index, 5)), [[0, 3], [1, 4], [2]]);
  assert.deepEqual(members(2, 2), []);
});
