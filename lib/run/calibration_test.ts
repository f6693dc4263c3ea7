import assert from "node:assert/strict";
import type { CalibrationLevel } from "@/records/calibration_record.ts";
import { denoTruthSource } from "@/truth/truth_source.ts";
import { describeMachine } from "./machine.ts";
import { calibrateClient } from "./calibrate_client.ts";
import { comparableStreams, FULL_STEPS, shortSteps, type Walk, walkLoads } from "./calibration.ts";
import { breachesOf, type LoadPlan, measureLevel } from "./calibration_level.ts";

const fit = { p50: 0.1, p90: 0.2, p99: 0.5, max: 1 };

function level(plan: LoadPlan, changes: Partial<CalibrationLevel> = {}): CalibrationLevel {
  const { mode, streams, token_ms } = plan;
  return {
    mode,
    streams,
    token_ms,
    events_per_s: streams * 1000 / token_ms,
    requests: 2 * streams,
    failed: 0,
    ttft_error_ms: fit,
    tpot_error_share: { p50: 0.001, p90: 0.002, p99: 0.003, max: 0.004 },
    gap_error_ms: fit,
    throughput_error_share: 0.001,
    server_send_late_ms: fit,
    server_read_late_ms: fit,
    breaches: [],
    limited_by: null,
    ...changes,
  };
}

/** Walks with a client that is fit below `ceiling` streams, and a server that is below `server`. */
async function walk(
  changes: Partial<Walk>,
  { ceiling = Infinity, server = Infinity, moody = 0 } = {},
) {
  const measured: string[] = [];
  let moods = moody;
  const result = await walkLoads({
    steps: FULL_STEPS,
    until: { failed: 1 },
    tries: 1,
    say: () => {},
    measure: (plan) => {
      measured.push(`${plan.streams} ${plan.mode}`);
      const limited_by = plan.streams > server
        ? "server"
        : plan.streams > ceiling || moods-- > 0
        ? "client"
        : null;
      return Promise.resolve(level(plan, { limited_by }));
    },
    ...changes,
  });
  return { ...result, measured };
}

Deno.test("the walk goes up in both modes and stops where the client leaves its limits", async () => {
  const { ceiling_events_per_s, ended_by, measured } = await walk({}, { ceiling: 50 });
  assert.equal(ceiling_events_per_s, 2500);
  assert.equal(ended_by, "client");
  assert.deepEqual(measured.slice(-4), [
    "50 independent",
    "50 step",
    "100 independent",
    "100 step",
  ]);
  const further = await walk({ until: { failed: 3 } }, { ceiling: 50 });
  assert.equal(further.ceiling_events_per_s, 2500);
  assert.equal(further.measured.at(-1), "400 step");
});

Deno.test("a way of sending that the client does not bear ends alone", async () => {
  const { ceiling_events_per_s, ended_by, levels } = await walk({
    measure: (plan) =>
      Promise.resolve(level(plan, { limited_by: plan.mode === "step" ? "client" : null })),
  });
  const most = (mode: string) =>
    Math.max(...levels.filter((of) => of.mode === mode).map(({ streams }) => streams));
  assert.deepEqual([most("step"), most("independent")], [50, 2400]);
  assert.deepEqual([ceiling_events_per_s, ended_by], [null, "client"]);
});

Deno.test("a client that is late while cores idle is tried at the loads that wake them", async () => {
  const late = ({ streams }: LoadPlan) => streams < 50 || streams > 200;
  const { ceiling_events_per_s, measured } = await walk({
    measure: (plan) => Promise.resolve(level(plan, { limited_by: late(plan) ? "client" : null })),
  });
  assert.deepEqual([ceiling_events_per_s, measured], [10_000, []]);
});

Deno.test("a server that is late itself is told apart from a client that is", async () => {
  const { ceiling_events_per_s, ended_by } = await walk({}, { server: 25 });
  assert.deepEqual([ceiling_events_per_s, ended_by], [1250, "server"]);
  assert.equal((await walk({})).ended_by, "nothing");
  const unfit = await walk({}, { ceiling: 0 });
  assert.deepEqual([unfit.ceiling_events_per_s, unfit.ended_by], [null, "client"]);
});

Deno.test("one bad minute is measured again, where more tries are given", async () => {
  const steps = FULL_STEPS.slice(-1);
  assert.equal((await walk({ steps, tries: 2 }, { moody: 1 })).ended_by, "nothing");
  assert.equal((await walk({ steps, tries: 1 }, { moody: 1 })).ended_by, "client");
});

Deno.test("the short walk goes down from 1.5 times the highest level until the client is fit", async () => {
  const steps = shortSteps(100);
  assert.deepEqual(steps.map(([plan]) => plan!.streams), [150, 75, 38]);
  assert.deepEqual(shortSteps(1).map(([plan]) => plan!.streams), [2, 1]);
  // Several workers divide so many; one alone is calibrated.
  assert.deepEqual(shortSteps(4000).map(([plan]) => plan!.streams), [1600, 800, 400]);
  const short = await walk({ steps, until: "passed" }, { ceiling: 100 });
  assert.deepEqual(short.measured, ["150 step", "75 step"]);
  assert.deepEqual([short.ceiling_events_per_s, short.ended_by], [3750, "client"]);
  const easy = await walk({ steps, until: "passed" });
  assert.deepEqual([easy.ceiling_events_per_s, easy.ended_by], [7500, "nothing"]);
});

Deno.test("an open loop and a search are calibrated by the tokens that they bring", () => {
  const closed = { concurrency: 8, max_tokens: 100 };
  const open = { concurrency: null, offered_requests_per_s: 20, max_tokens: 100 };
  assert.equal(comparableStreams([closed]), 8);
  // 2,000 tokens a second are those of 40 streams at 50.
  assert.equal(comparableStreams([closed, open]), 40);
  assert.equal(comparableStreams([], { max_rate_per_s: 50, max_tokens: 10 }), 10);
  assert.equal(comparableStreams([]), 1);
});

const PLAN: LoadPlan = { mode: "step", streams: 10, token_ms: 20, tokens: 100, rounds: 2 };

Deno.test("every limit of the method note is kept, each with its number", () => {
  assert.deepEqual(breachesOf(level(PLAN)), []);
  const wrong: [Partial<CalibrationLevel>, RegExp][] = [
    [{ ttft_error_ms: { ...fit, p50: 0.21 } }, /^\|TTFT error\| p50 0.21 ms, limit 0.2$/],
    [{ ttft_error_ms: { ...fit, p99: 2.1 } }, /p99 2.10 ms, limit 2$/],
    [{ tpot_error_share: { ...fit, p50: 0.006 } }, /^\|TPOT error\| p50 0.60 %, limit 0.5$/],
    [{ throughput_error_share: 0.006 }, /^throughput error 0.60 %, limit 0.5$/],
    [{ gap_error_ms: { ...fit, p99: 2.1 } }, /^\|gap error\| p99 2.10 ms, limit 2$/],
    [{ failed: 1 }, /^1 of 20 requests failed$/],
  ];
  for (const [changes, said] of wrong) {
    const breaches = breachesOf(level(PLAN, changes));
    assert.equal(breaches.length, 1);
    assert.match(breaches[0]!, said);
  }
});

Deno.test("a level of which nothing came through is an error with the reason", async () => {
  const served = await nothingListens();
  const source = {
    language: "c" as const,
    serve: () => Promise.resolve(served),
    async [Symbol.asyncDispose]() {},
  };
  await assert.rejects(
    measureLevel(PLAN, { source }, new AbortController().signal),
    /connections? could not|refused|no stream of \d+ came through/i,
  );
});

async function nothingListens() {
  const server = await denoTruthSource(null);
  const { baseUrl } = await server.serve({ mode: "step", ttft_ms: 1, token_ms: 1 });
  await server[Symbol.asyncDispose]();
  return { baseUrl, records: () => Promise.resolve([]) };
}

/** The server in Deno, which every machine has. */
const inDeno = async () => ({ ...await denoTruthSource(null), why: "asked for" });

Deno.test("a real walk compares the client with what the server wrote down", async () => {
  const lines: string[] = [];
  await using source = await inDeno();
  const calibration = await calibrateClient({
    steps: [[{ mode: "step", streams: 3, token_ms: 2, tokens: 20, rounds: 2 }]],
    until: "passed",
    tries: 1,
    source,
    machine: await describeMachine(),
    signal: new AbortController().signal,
    say: (line) => lines.push(line),
  });
  const [measured] = calibration.levels;
  assert.deepEqual([measured!.requests, measured!.failed, measured!.streams], [6, 0, 3]);
  assert.deepEqual(calibration.server, { language: "deno", why: "asked for" });
  assert.ok(measured!.events_per_s > 0 && measured!.events_per_s <= 1500);
  assert.ok(measured!.ttft_error_ms.p50 <= measured!.ttft_error_ms.p99);
  assert.match(lines[0]!, /^3 streams, step: \d+ tokens\/s: \|TTFT error\|/);
});

Deno.test("a walk that is called off ends with the reason", async () => {
  const reason = new Error("enough");
  await using source = await inDeno();
  await assert.rejects(
    calibrateClient({
      steps: FULL_STEPS,
      until: "passed",
      tries: 1,
      source,
      machine: await describeMachine(),
      signal: AbortSignal.abort(reason),
      say: () => {},
    }),
    reason,
  );
});
