/** Real workers on a scripted server in this process. */
import assert from "node:assert/strict";
import type { Load } from "@/config/load_point.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import type { Phase } from "@/load/generate.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { RequestStore } from "@/load/request_store.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { driverFor } from "./workers_driver.ts";

const ARRIVALS_MS = Float64Array.from({ length: 30 }, (_, i) => 5 * i);

function trialOf(load: Load, requests: number): PlannedTrial {
  return {
    trial_id: "t",
    launch_id: "l",
    entry: "e",
    kind: "external",
    simulated: false,
    workload: "prompts",
    load,
    concurrency: load.mode === "closed" ? load.concurrency : null,
    block: 1,
    requests,
    warmup_requests: 6,
    max_tokens: 3,
    output_length: "fixed",
    ignore_eos: true,
    prompt_seed: 1,
  };
}

function phaseOf(phase: RequestRecord["phase"], count: number, now: () => number) {
  const records: RequestRecord[] = [];
  const stop = new AbortController();
  const sent: Phase & { requests: PreparedRequest[] } = {
    trial_id: "t",
    phase,
    requests: Array.from({ length: count }, (_, i) => ({
      prompt_id: `${phase}/${i}`,
      max_tokens: 3,
      body: encodeJson({ messages: [{ role: "user", content: `${phase} ${i}` }] }),
    })),
    now,
    timeout_ms: 20_000,
    signal: stop.signal,
    onRecord: (record) => void records.push(record),
  };
  return { records, sent, stop };
}

/** A driver with three workers for `server`. */
function driverOf(server: { baseUrl: string }, trial: PlannedTrial, workers = 3) {
  const origin = performance.now();
  const habits = { closesUnannounced: false };
  const driver = driverFor(trial, {
    roots: [server.baseUrl],
    headers: {},
    habits,
    arrivals_ms: trial.load.mode === "closed" ? new Float64Array() : ARRIVALS_MS,
    origin_unix_ms: performance.timeOrigin + origin,
  }, workers);
  return { driver, habits, now: () => performance.now() - origin };
}

Deno.test("three workers send exactly N, all users at once, each request once, on the trial's clock", async () => {
  await using server: ScriptedServer = await ScriptedServer.start({
    // The first measured answers wait until all users have sent.
    hold: (request) =>
      request <= 6 || request > 13 ? Promise.resolve() : server.until((s) => s.requests >= 13),
  });
  const { driver, now } = driverOf(server, trialOf({ mode: "closed", concurrency: 7 }, 40));
  await driver.open();
  await server.until((s) => s.connections >= 7);
  const warmup = phaseOf("warmup", 6, now);
  await driver.warmUp(warmup.sent);
  assert.equal(warmup.records.length, 6);
  const before_ms = now();
  const { records, sent } = phaseOf("measured", 40, now);
  const window = await driver.measure(sent);
  const after_ms = now();
  const health = driver.health();
  await driver.close();
  assert.deepEqual(records.filter(({ failure }) => failure !== null), []);
  const indexes = records.map(({ request_index }) => request_index).sort((a, b) => a - b);
  assert.deepEqual(indexes, Array.from({ length: 40 }, (_, i) => i));
  assert.equal(new Set(server.bodies).size, 46);
  assert.equal(server.mostInFlight, 7);
  assert.equal(Math.max(...records.map(({ in_flight }) => in_flight!)), 7);
  assert.deepEqual([...new Set(records.map((r) => r.user_index))].sort(), [0, 1, 2, 3, 4, 5, 6]);
  // The clocks may differ by 1 ms.
  assert.ok(records.every((r) => r.sent_ms > before_ms - 1 && r.end_ms < after_ms + 1));
  assert.equal(window.start_ms, null);
  assert.ok(records.some(({ end_ms }) => end_ms === window.end_ms));
  assert.equal(health.connections_opened_before, 7);
  assert.equal(health.workers!.length, 3);
  assert.equal(health.workers!.reduce((sum, { requests }) => sum + requests, 0), 40);
});

for (const workers of [1, 3]) {
  Deno.test(`a lead-in is told from what is measured by ${workers}, and nobody pauses behind it`, async () => {
    await using server = await ScriptedServer.start({});
    const trial = trialOf({ mode: "closed", concurrency: 4 }, 12);
    const { driver, now } = driverOf(server, trial, workers);
    await driver.open();
    const { records, sent } = phaseOf("measured", 16, now);
    await driver.measure({ ...sent, lead_in: { requests: 4, from: 2 } });
    await driver.close();
    const indexes = (phase: string) =>
      records.filter((record) => record.phase === phase).map((record) => record.request_index)
        .sort((a, b) => a - b);
    assert.deepEqual(indexes("warmup"), [2, 3, 4, 5]);
    assert.deepEqual(indexes("measured"), Array.from({ length: 12 }, (_, i) => i));
    for (const of of Map.groupBy(records, ({ user_index }) => user_index).values()) {
      const [first, second] = of.toSorted((a, b) => a.sent_ms - b.sent_ms);
      assert.equal(first!.phase, "warmup");
      if (second !== undefined) assert.equal(second.scheduled_ms, first!.end_ms);
    }
  });
}

Deno.test("three workers keep to one schedule, whatever is still unanswered", async () => {
  await using server: ScriptedServer = await ScriptedServer.start({
    hold: (request) => request <= 6 ? Promise.resolve() : server.until((s) => s.mostInFlight >= 20),
  });
  const load: Load = { mode: "constant", rate_per_s: 200, requests: 30 };
  const { driver, now } = driverOf(server, trialOf(load, 30));
  await driver.open();
  await driver.warmUp(phaseOf("warmup", 6, now).sent);
  const { records, sent } = phaseOf("measured", 30, now);
  const { start_ms, end_ms } = await driver.measure(sent);
  await driver.close();
  assert.deepEqual(records.filter(({ failure }) => failure !== null), []);
  records.sort((a, b) => a.request_index - b.request_index);
  for (const [i, { request_index, scheduled_ms, sent_ms }] of records.entries()) {
    assert.equal(request_index, i);
    assert.ok(Math.abs(scheduled_ms! - start_ms! - 5 * i) < 1e-6);
    assert.ok(sent_ms >= scheduled_ms!);
  }
  assert.equal(end_ms, records.at(-1)!.scheduled_ms);
  assert.ok(Math.max(...records.map(({ in_flight }) => in_flight!)) >= 20);
});

for (const workers of [1, 3]) {
  Deno.test(`requests that wait in a file are each sent once, as they are, by ${workers}`, async () => {
    const dir = Deno.makeTempDirSync();
    try {
      await using server = await ScriptedServer.start({});
      await using store = new RequestStore(`${dir}/requests`, {
        mostBytes: 0,
        pieceBytes: 100,
        nameless: workers === 1,
      });
      const trial = trialOf({ mode: "closed", concurrency: 4 }, 40);
      const { driver, now } = driverOf(server, trial, workers);
      await driver.open();
      const { records, sent } = phaseOf("measured", 40, now);
      for (const request of sent.requests) store.add(request);
      await driver.measure({ ...sent, requests: store.finish() });
      await driver.close();
      assert.deepEqual(records.filter(({ failure }) => failure !== null), []);
      const bodies = sent.requests.map(({ body }) => new TextDecoder().decode(body));
      assert.deepEqual(server.bodies.toSorted(), bodies.toSorted());
      const named = records.map(({ prompt_id, request_index }) => [prompt_id, request_index]);
      assert.ok(named.every(([id, index]) => id === `measured/${index}`));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  });
}

Deno.test("an abort ends what the workers have in flight, and each is told of", async () => {
  await using server = await ScriptedServer.start({ behaviour: "silent" });
  const { driver, now } = driverOf(server, trialOf({ mode: "closed", concurrency: 5 }, 50));
  await driver.open();
  const { records, sent, stop } = phaseOf("measured", 50, now);
  const ended = driver.measure(sent);
  await server.until((s) => s.requests >= 5);
  stop.abort(new Error("enough"));
  await ended;
  await driver.close();
  assert.deepEqual(records.map(({ failure }) => failure), Array(5).fill("cancelled"));
});

Deno.test("what the workers learn of the server is known to the next trial", async () => {
  await using server = await ScriptedServer.start({ behaviour: "close-unannounced" });
  const { driver, habits, now } = driverOf(
    server,
    trialOf({ mode: "closed", concurrency: 3 }, 9),
  );
  await driver.open();
  await driver.measure(phaseOf("measured", 9, now).sent);
  await driver.close();
  assert.equal(habits.closesUnannounced, true);
});

Deno.test("connections that cannot be opened are told of, and the workers end", async () => {
  const { driver } = driverOf(
    { baseUrl: "http://127.0.0.1:1/v1" },
    trialOf({ mode: "closed", concurrency: 6 }, 6),
  );
  await assert.rejects(driver.open(), /2 connections could not be opened: /);
  await driver.close();
});
