import assert from "node:assert/strict";
import { DEFAULT_MARGINS } from "@/config/use_case_schema.ts";
import { randomFrom } from "@/config/seeds.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { planned } from "./testdata/sample_trials.ts";
import { tailsHold, trialGates } from "./gates.ts";
import { achievedRate, overSaturated } from "./open_loop_gates.ts";

/** A single server with exponential service, asked at `rate` of its capacity by a Poisson stream. */
function queue(load: number, n: number, seed: number): RequestRecord[] {
  const random = randomFrom(seed, "queue");
  const gap = (mean_ms: number) => -mean_ms * Math.log1p(-random());
  const ends: number[] = [];
  let [at_ms, free_ms] = [0, 0];
  return Array.from({ length: n }, (_, request_index) => {
    at_ms += gap(10 / load);
    free_ms = Math.max(free_ms, at_ms) + gap(10);
    const in_flight = 1 + ends.filter((end_ms) => end_ms > at_ms).length;
    ends.push(free_ms);
    return record({ request_index, in_flight, sent_ms: at_ms, first_token_ms: free_ms });
  });
}

function record(changes: Partial<RequestRecord> & { sent_ms: number }): RequestRecord {
  return { scheduled_ms: changes.sent_ms, failure: null, ...changes } as RequestRecord;
}

Deno.test("a queue that grows all along is over-saturated, a steady one is not", () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);
  const flagged = (load: number) =>
    seeds.filter((seed) => !overSaturated(queue(load, 600, seed)).pass).length;
  assert.equal(flagged(2), 40);
  assert.ok(flagged(1.3) >= 36, `${flagged(1.3)} of 40`);
  assert.ok(flagged(0.5) <= 1, `${flagged(0.5)} of 40`);
  assert.equal(overSaturated(queue(2, 49, 1)).pass, true);
  assert.match(String(overSaturated(queue(2, 49, 1)).value), /too few requests to tell/);
});

Deno.test("a rate that the client could not keep fails, a few milliseconds do not", () => {
  const at = (index: number, factor: number) =>
    record({ scheduled_ms: 10 * index, sent_ms: 10 * index * factor });
  const records = (factor: number) => Array.from({ length: 500 }, (_, i) => at(i, factor));
  assert.equal(achievedRate(records(1.005)).pass, true);
  assert.equal(achievedRate(records(1.02)).pass, false);
  assert.equal(achievedRate(records(1.02)).value, "98.04 requests/s sent, 100.00 planned");
  assert.equal(achievedRate([at(0, 1), at(10, 1.1)]).pass, true);
  assert.equal(achievedRate([]).pass, false);
});

const INPUT = {
  margins: DEFAULT_MARGINS,
  record: null,
  measured: [],
  warmup: [],
  in_flight_mean: null,
  send_lag_ms_p99: 50,
  ttft_ms_p50: 100,
  server_running_mean: null,
  server_samples: 0,
};

Deno.test("an open loop is held to its schedule and not to a number of users", () => {
  const names = (trial: Parameters<typeof planned>[0]) =>
    trialGates({ ...INPUT, trial: planned(trial) }).map(({ gate }) => gate);
  const open = names({ load: { mode: "poisson", rate_per_s: 4, requests: 40 }, concurrency: null });
  assert.ok(!open.includes("in flight") && !open.includes("running_on_server"));
  assert.ok(open.includes("achieved rate") && open.includes("over-saturated"));
  const ramp = { mode: "ramp", from_per_s: 1, to_per_s: 2, duration_s: 9 } as const;
  assert.ok(!names({ load: ramp, concurrency: null }).includes("over-saturated"));
  const thinking = names({ load: { mode: "closed", concurrency: 10, think_ms: 5 } });
  assert.ok(!thinking.includes("in flight") && !thinking.includes("achieved rate"));
});

Deno.test("under a cap lateness is shown and is no fault", () => {
  const load = { mode: "poisson", rate_per_s: 4, requests: 40, max_in_flight: 2 } as const;
  const lag = (changes: object) =>
    trialGates({ ...INPUT, trial: planned({ load, concurrency: null, ...changes }) })
      .find(({ gate }) => gate === "send lag")!;
  assert.ok(lag({}).pass);
  assert.match(String(lag({}).value), /^capped: /);
  const { max_in_flight: _, ...uncapped } = load;
  assert.ok(!lag({ load: uncapped }).pass);
});

Deno.test("no tail is told of an over-saturated trial", () => {
  const gates = [overSaturated(queue(2, 600, 1))];
  assert.equal(tailsHold(gates), false);
  assert.equal(tailsHold([overSaturated(queue(0.5, 600, 1))]), true);
});
