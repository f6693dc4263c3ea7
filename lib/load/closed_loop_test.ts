import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { runClosedLoop, type Turn } from "./closed_loop.ts";

interface Options {
  users: number;
  requests: number;
  /** How long the answer to a request takes. */
  duration_ms: (turn: Turn) => number;
  signal?: AbortSignal;
  onSend?: (turn: Turn) => void;
}

/** Runs the loop on a clock that jumps to the end of the next answer once nothing else can happen. */
async function run(options: Options) {
  let now_ms = 0;
  const pending: { end_ms: number; answer: (result: { end_ms: number }) => void }[] = [];
  const turns: Turn[] = [];
  const events: string[] = [];
  let settled = false;
  const loop = runClosedLoop<{ end_ms: number }>({
    users: options.users,
    requests: options.requests,
    now: () => now_ms,
    signal: options.signal ?? new AbortController().signal,
    prepare: () => Promise.resolve(false),
    send(turn) {
      turns.push(turn);
      events.push(`send ${turn.request_index}`);
      options.onSend?.(turn);
      const { promise, resolve } = Promise.withResolvers<{ end_ms: number }>();
      pending.push({ end_ms: now_ms + options.duration_ms(turn), answer: resolve });
      return promise;
    },
    done: (turn, { end_ms }) => void events.push(`done ${turn.request_index} at ${end_ms}`),
  }).finally(() => settled = true);
  for (let idle = 0; !settled && idle < 3;) {
    await setImmediate();
    pending.sort((a, b) => a.end_ms - b.end_ms);
    const next = pending.shift();
    idle = next ? 0 : idle + 1;
    if (!next) continue;
    now_ms = next.end_ms;
    next.answer({ end_ms: next.end_ms });
  }
  assert(settled, "the loop waits for something that never comes");
  return { drained_ms: await loop, turns, events };
}

Deno.test("exactly the asked number is sent, each once, with every user at work", async () => {
  const { turns, events } = await run({ users: 3, requests: 8, duration_ms: () => 10 });
  assert.deepEqual(turns.map((turn) => turn.request_index), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(turns.map((turn) => turn.in_flight), [1, 2, 3, 3, 3, 3, 3, 3]);
  assert.deepEqual(new Set(turns.map((turn) => turn.user_index)), new Set([0, 1, 2]));
  assert.equal(events.filter((event) => event.startsWith("done")).length, 8);
});

Deno.test("a user's next request is scheduled at the end of the last answer", async () => {
  const durations = [30, 10, 25, 5, 40, 15];
  const { turns } = await run({
    users: 2,
    requests: 6,
    duration_ms: ({ request_index }) => durations[request_index]!,
  });
  // User 1: 0–10, 10–35, 35–75; user 0: 0–30, 30–35, 35–50.
  assert.deepEqual(turns.map((turn) => turn.scheduled_ms), [0, 0, 10, 30, 35, 35]);
});

Deno.test("the window ends when a user first finds nothing left to send", async () => {
  const durations = [30, 10, 25, 100];
  const { drained_ms } = await run({
    users: 2,
    requests: 4,
    duration_ms: ({ request_index }) => durations[request_index]!,
  });
  // User 1 sends 0–10 and 10–35, user 0 sends 0–30 and 30–130.
  assert.equal(drained_ms, 35);
});

Deno.test("with fewer requests than users each request has a user of its own", async () => {
  const { turns, drained_ms } = await run({
    users: 10,
    requests: 3,
    duration_ms: ({ request_index }) => 50 - 10 * request_index,
  });
  assert.deepEqual(turns.map((turn) => turn.in_flight), [1, 2, 3]);
  assert.equal(drained_ms, 30);
});

Deno.test("answers that end together are read only once every user's next request is out", async () => {
  const events: string[] = [];
  const users = 4;
  await runClosedLoop({
    users,
    requests: 2 * users,
    now: () => 0,
    signal: new AbortController().signal,
    prepare: () => Promise.resolve(false),
    send({ request_index }) {
      events.push(`send ${request_index}`);
      return Promise.resolve({ end_ms: 0 });
    },
    done: ({ request_index }) => void events.push(`done ${request_index}`),
  });
  const each = (what: string) => Array.from({ length: 2 * users }, (_, i) => `${what} ${i}`);
  assert.deepEqual(events.slice(0, 2 * users), each("send"));
  assert.deepEqual(events.slice(2 * users).toSorted(), each("done"));
});

Deno.test("an answer that cannot be read fails the loop", async () => {
  const loop = runClosedLoop({
    users: 1,
    requests: 2,
    now: () => 0,
    signal: new AbortController().signal,
    prepare: () => Promise.resolve(false),
    send: () => Promise.resolve({ end_ms: 0 }),
    done: () => {
      throw new Error("disk full");
    },
  });
  await assert.rejects(loop, /disk full/);
});

/** Schedule of one user's two requests of 10 ms, with 7 ms to look after the connection before each. */
async function scheduleWith(reopened: boolean): Promise<number[]> {
  let now_ms = 0;
  const scheduled: number[] = [];
  await runClosedLoop({
    users: 1,
    requests: 2,
    now: () => now_ms,
    signal: new AbortController().signal,
    prepare() {
      now_ms += 7;
      return Promise.resolve(reopened);
    },
    send({ scheduled_ms }) {
      scheduled.push(scheduled_ms);
      return Promise.resolve({ end_ms: now_ms += 10 });
    },
    done() {},
  });
  return scheduled;
}

Deno.test("a connection that had to be opened anew frees its user only then", async () => {
  assert.deepEqual(await scheduleWith(true), [7, 24]);
});

Deno.test("time spent on a connection that was still good is the request's own", async () => {
  assert.deepEqual(await scheduleWith(false), [7, 17]);
});

Deno.test("after an abort nothing more is sent and what is in flight is waited for", async () => {
  const abort = new AbortController();
  const { turns, events } = await run({
    users: 2,
    requests: 100,
    signal: abort.signal,
    duration_ms: ({ request_index }) => 10 + request_index,
    onSend: ({ request_index }) => request_index === 4 && abort.abort(),
  });
  assert.deepEqual(turns.map((turn) => turn.request_index), [0, 1, 2, 3, 4]);
  assert.equal(events.filter((event) => event.startsWith("done")).length, 5);
});

Deno.test("when nothing was sent there is no end", async () => {
  const signal = AbortSignal.abort();
  const aborted = await run({ users: 2, requests: 5, signal, duration_ms: () => 1 });
  assert.deepEqual(aborted, { drained_ms: null, turns: [], events: [] });
  const none = await run({ users: 2, requests: 0, duration_ms: () => 1 });
  assert.equal(none.drained_ms, null);
});

/** When two users' requests of 10 ms are due, on a clock that jumps. */
async function paused(manner: { ramp_ms?: number; think_ms?: (user: number) => number }) {
  let now_ms = 0;
  const waiting: { at_ms: number; go: () => void }[] = [];
  const waitUntil = (at_ms: number) => new Promise<void>((go) => waiting.push({ at_ms, go }));
  const turns: Turn[] = [];
  let settled = false;
  const loop = runClosedLoop({
    users: 2,
    requests: 6,
    now: () => now_ms,
    signal: new AbortController().signal,
    prepare: () => Promise.resolve(false),
    waitUntil,
    ...manner,
    async send(turn) {
      turns.push(turn);
      await waitUntil(now_ms + 10);
      return { end_ms: now_ms };
    },
    done() {},
  }).finally(() => settled = true);
  while (!settled) {
    await setImmediate();
    const next = waiting.sort((a, b) => a.at_ms - b.at_ms).shift();
    if (!next) continue;
    now_ms = Math.max(now_ms, next.at_ms);
    next.go();
  }
  await loop;
  return turns.map(({ user_index, scheduled_ms }) => `${user_index} at ${scheduled_ms}`);
}

Deno.test("a ramp spreads the users' first requests evenly, and only those", async () => {
  assert.deepEqual(await paused({ ramp_ms: 50 }), [
    "0 at 0",
    "0 at 10",
    "0 at 20",
    "1 at 25",
    "0 at 30",
    "1 at 35",
  ]);
});

Deno.test("a user that thinks is due its pause after its last answer", async () => {
  const think_ms = (user: number) => user === 0 ? 5 : 40;
  assert.deepEqual(await paused({ think_ms }), [
    "0 at 0",
    "1 at 0",
    "0 at 15",
    "0 at 30",
    "0 at 45",
    "1 at 50",
  ]);
});
