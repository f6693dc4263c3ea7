import assert from "node:assert/strict";
import type { SteadyWindow } from "@/records/trial_record.ts";
import { wholeRequests } from "@/records/trial_requests.ts";
import { randomNormal } from "d3-random";
import { randomFrom } from "@/config/seeds.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { request } from "@/records/testdata/sample_records.ts";
import { conditionGates } from "./condition_gates.ts";
import { steadiness } from "./steady_gates.ts";
import { planned, row } from "./testdata/sample_trials.ts";

/** Requests of one token each, so many in each second. */
function trial(perSecond: number[]) {
  const token_ms = perSecond.flatMap((count, second) =>
    Array.from({ length: Math.round(count) }, (_, i) => 1000 * (second + (i + 0.5) / count))
  );
  const records = token_ms.map((at_ms) => request({ token_ms: [at_ms], output_tokens: 1 }));
  const record = { window_start_ms: 0, window_end_ms: 1000 * perSecond.length };
  return steadiness(planned(), record, wholeRequests(() => records));
}

const noise = (seconds: number, seed: number) => {
  const normal = randomNormal.source(randomFrom("rates", seed))(100, 8);
  return Array.from({ length: seconds }, () => normal());
};

/** With a second more to the first token in the first 12 s. */
const slowAtFirst = (records: RequestRecord[]) =>
  records.map((record) =>
    record.sent_ms < 12_000
      ? { ...record, first_token_ms: record.scheduled_ms! + 1000 }
      : { ...record, first_token_ms: record.scheduled_ms! + 100 }
  );

const failed = (gates: { gate: string; pass: boolean }[]) =>
  gates.filter(({ pass }) => !pass).map(({ gate }) => gate);

/** Fifteen seconds in which a server gets going. */
const START = Array.from({ length: 15 }, (_, i) => 30 + 4 * i);

Deno.test("start-up that is found in a window is cut off with a fifth more, and why is told", () => {
  const { window, gates } = trial([...START, ...noise(65, 1)]);
  assert.deepEqual(failed(gates), []);
  assert.deepEqual(window, { start_ms: 18_000, end_ms: 80_000 });
  assert.match(
    String(gates[0]!.value),
    /^taken for start-up: 15 s of 80 s by output tokens \(-\d+\.\d % of the rate\): the first 18 s are not counted, by output tokens$/,
  );
});

Deno.test("where too little would be left to tell a drift nothing is cut, and the trial is SUSPECT", () => {
  const { window, gates } = trial([...START, ...noise(45, 1)]);
  assert.deepEqual(failed(gates), ["steady state"]);
  assert.deepEqual(window, { start_ms: 0, end_ms: 60_000 });
  assert.match(
    String(gates[0]!.value),
    /^taken for start-up: 15 s of 60 s by output tokens \(-\d+\.\d % of the rate\)$/,
  );
});

Deno.test("start-up that reaches into the second half is SUSPECT, and nothing is cut", () => {
  const { window, gates } = trial(Array.from({ length: 60 }, (_, i) => 20 + 2 * i));
  assert.ok(failed(gates).includes("steady state"));
  assert.deepEqual(window, { start_ms: 0, end_ms: 60_000 });
  assert.match(
    String(gates[0]!.value),
    /^taken for start-up: the first half and perhaps more by output tokens/,
  );
});

Deno.test("noise alone is taken for neither start-up nor drift, whatever MSER-5 cuts off", () => {
  const trials = Array.from({ length: 40 }, (_, seed) => trial(noise(60, seed)));
  const found = trials.flatMap(({ gates }) => failed(gates));
  assert.ok(found.length <= 1, found.join());
  const cut = trials.filter(({ window }) => window!.start_ms > 0);
  assert.ok(cut.length <= 1, `${cut.length} of 40 were cut`);
});

Deno.test("a rate that goes down all along is a drift", () => {
  const { gates } = trial(noise(90, 2).map((rate, i) => rate * (1 - 0.2 * i / 90)));
  assert.ok(failed(gates).includes("drift"), JSON.stringify(gates));
  assert.match(String(gates[2]!.value), /^-\d+\.\d % over \d+ s, p 0\.0/);
});

Deno.test("a window too short to tell passes whole and says so", () => {
  const { window, gates } = trial(noise(15, 3));
  assert.deepEqual(failed(gates), []);
  assert.deepEqual(window, { start_ms: 0, end_ms: 15_000 });
  assert.deepEqual(gates.map(({ value }) => value), [
    "window too short to tell: 15 s of 20 s",
    "window too short to tell: 15 s of 20 s",
    "window too short to tell: 10 s of 60 s",
  ]);
  const none = steadiness(planned(), null, null);
  assert.deepEqual([none.window, failed(none.gates)], [null, []]);
});

Deno.test("what the trial's record says of its window holds; an older search's probe is left whole", () => {
  const records = noise(80, 4).map((_, i) =>
    request({ sent_ms: 1000 * i, scheduled_ms: 1000 * i })
  );
  const requests = wholeRequests(() => records);
  const ends = { window_start_ms: 0, window_end_ms: 80_000 };
  const window: SteadyWindow = {
    start_ms: 14_000,
    end_ms: 80_000,
    cut_s: 14,
    cut_by: "TTFT",
    found: "as it was told then",
    unsteady: [],
  };
  const stored = steadiness(planned(), { ...ends, window }, requests);
  assert.deepEqual([stored.cut_s, stored.window], [14, { start_ms: 14_000, end_ms: 80_000 }]);
  assert.equal(stored.gates[0]!.value, "as it was told then");
  const left = { ...window, cut_s: 0, cut_by: null, unsteady: ["TTFT" as const] };
  const uncut = steadiness(planned(), { ...ends, window: left }, requests);
  assert.deepEqual(failed(uncut.gates), ["steady TTFT"], "which is no doubt of the rate");
  const probe = planned({
    load: { mode: "poisson", rate_per_s: 1, requests: 80 },
    concurrency: null,
    probe: { part: "search", look: 1 },
  });
  const older = steadiness(probe, ends, wholeRequests(() => slowAtFirst(records)));
  assert.deepEqual([older.cut_s, failed(older.gates)], [0, []]);
  assert.ok(steadiness(planned(), ends, wholeRequests(() => slowAtFirst(records))).cut_s > 0);
});

Deno.test("loads that change by design have no start-up to be sought", () => {
  const load = { mode: "steps", steps: [{ rate_per_s: 1, duration_s: 60 }] } as const;
  const trial = planned({ load: load as never, concurrency: null });
  const record = { window_start_ms: 0, window_end_ms: 60_000 };
  const none = steadiness(trial, record, wholeRequests(() => []));
  assert.deepEqual(none, { window: { start_ms: 0, end_ms: 60_000 }, cut_s: 0, gates: [] });
});

Deno.test("conditions that are not told pass; told ones fail with their cause", () => {
  const none = conditionGates({ cached_share: null, told: row(), shared_gpu: false });
  assert.deepEqual(failed(none), []);
  const told = { ...row(), prefix_hit_share: 0.4, throttled_share: 0.01, preemptions: 3 };
  const all = conditionGates({ cached_share: 0.01, told, shared_gpu: true });
  assert.deepEqual(
    all.map(({ gate, pass, cause, fails_to }) => [gate, pass, cause, fails_to]),
    [
      ["cache cold", false, "plan", "SUSPECT"],
      ["throttling", false, "environment", "INVALID"],
      ["preemption", false, "server", "SUSPECT"],
      ["other tenants", false, "environment", "SUSPECT"],
    ],
  );
});
