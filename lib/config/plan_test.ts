import assert from "node:assert/strict";
import { balancedOrders } from "./balanced_orders.ts";
import { loadPointOf } from "./load_point.ts";
import {
  fullSampleSize,
  fullWarmup,
  type PlannedTrial,
  plannedTrials,
  planTrials,
  withLoads,
} from "./plan.ts";
import { configSchema } from "./schema.ts";

const SEEDS = [0, 1, 2, 3, 17, 2 ** 32 - 1];

function study(benchmark: Record<string, unknown> = {}) {
  return configSchema.parse({
    engines: {
      a: { kind: "llama-cpp" },
      b: { kind: "simulated", wire: "vllm" },
      c: { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "m" },
    },
    workloads: { short: { categories: ["short"] }, all: {} },
    benchmark: { concurrency_levels: [10, 1], ...benchmark },
  });
}

Deno.test("every entry takes every position once in each run of as many blocks", () => {
  for (const seed of SEEDS) {
    for (const entries of [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d", "e"]]) {
      const orders = balancedOrders(entries, 2 * entries.length, seed);
      for (const square of [orders.slice(0, entries.length), orders.slice(entries.length)]) {
        for (const position of entries.keys()) {
          const there = square.map((order) => order[position]).sort();
          assert.deepEqual(there, entries, `seed ${seed}, position ${position}`);
        }
      }
    }
  }
});

Deno.test("six blocks of three entries are all six orders", () => {
  for (const seed of SEEDS) {
    const orders = balancedOrders(["a", "b", "c"], 6, seed).map((order) => order.join(""));
    assert.deepEqual(orders.sort(), ["abc", "acb", "bac", "bca", "cab", "cba"], `seed ${seed}`);
  }
});

Deno.test("the seed decides the order and no entry is favoured as the first", () => {
  const firsts = Array.from({ length: 300 }, (_, seed) => balancedOrders(["a", "b", "c"], 1, seed));
  const counts = Map.groupBy(firsts, ([order]) => order![0]);
  // 300 draws of probability 1/3: mean 100, standard deviation 8.2
  for (const entry of ["a", "b", "c"]) {
    const count = counts.get(entry)?.length ?? 0;
    assert(count > 65 && count < 135, `${entry} is first in ${count} of 300`);
  }
});

Deno.test("the same config gives the same plan and another seed another one", () => {
  assert.deepEqual(planTrials(study()), planTrials(study()));
  assert.notDeepEqual(
    planTrials(study({ seed: 1 })).launches,
    planTrials(study({ seed: 2 })).launches,
  );
});

Deno.test("each block launches every entry once, blocks count from 1", () => {
  const { launches } = planTrials(study({ blocks: 4 }));
  assert.deepEqual(launches.map(({ block }) => block), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  for (const block of [1, 2, 3, 4]) {
    const entries = launches.filter((launch) => launch.block === block).map(({ entry }) => entry);
    assert.deepEqual(entries.sort(), ["a", "b", "c"]);
  }
  assert.equal(new Set(launches.map(({ launch_id }) => launch_id)).size, 12);
});

Deno.test("a launch serves every workload from the lowest level up", () => {
  const [launch] = planTrials(study()).launches;
  const served = launch!.trials.map(({ workload, concurrency }) => `${workload} ${concurrency}`);
  assert.deepEqual(served, ["short 1", "short 10", "all 1", "all 10"]);
  assert(launch!.trials.every(({ launch_id }) => launch_id === launch!.launch_id));
});

Deno.test("trials have ids of their own and carry what the config says", () => {
  const trials = plannedTrials(planTrials(study({ max_tokens: 64, output_length: "varied" })));
  assert.equal(trials.length, 3 * 3 * 4);
  assert.equal(new Set(trials.map(({ trial_id }) => trial_id)).size, trials.length);
  const trial = trials.find(({ trial_id }) => trial_id === "b2-b-short-c10")!;
  assert.deepEqual({ ...trial, prompt_seed: 0 }, {
    trial_id: "b2-b-short-c10",
    launch_id: "b2-b",
    entry: "b",
    kind: "simulated",
    simulated: true,
    workload: "short",
    load: { mode: "closed", concurrency: 10 },
    concurrency: 10,
    block: 2,
    requests: 100,
    warmup_requests: 20,
    max_tokens: 64,
    output_length: "varied",
    ignore_eos: true,
    prompt_seed: 0,
  });
  const others = trials.filter(({ entry }) => entry === "c");
  assert(others.every(({ ignore_eos, simulated }) => !ignore_eos && !simulated));
});

Deno.test("counts are those of the config as written, however small", () => {
  const trials = plannedTrials(planTrials(study({ requests_per_level: 50, warmup_requests: 5 })));
  assert(trials.every(({ requests, warmup_requests }) => requests === 50 && warmup_requests === 5));
  const fewest = plannedTrials(planTrials(study({ requests_per_level: 1, warmup_requests: 0 })));
  assert(fewest.every(({ requests, warmup_requests }) => requests === 1 && warmup_requests === 0));
});

Deno.test("auto is ten requests a user, at least 20, after two a user", () => {
  assert.deepEqual([1, 2, 3, 10, 100].map(fullSampleSize), [20, 20, 30, 100, 1000]);
  assert.deepEqual([1, 10, 100].map(fullWarmup), [2, 20, 200]);
});

Deno.test("the prompt seed is one for all entries of a block and another elsewhere", () => {
  const trials = plannedTrials(planTrials(study()));
  const cells = Map.groupBy(
    trials,
    (trial) => [trial.block, trial.workload, trial.concurrency].join(" "),
  );
  const seeds = [...cells.values()].map((cell) => new Set(cell.map((trial) => trial.prompt_seed)));
  assert(seeds.every((ofCell) => ofCell.size === 1));
  assert.equal(new Set(seeds.flatMap((ofCell) => [...ofCell])).size, cells.size);
});

const OPEN = [
  { mode: "poisson", rates_per_s: [8, 4], requests: 30 },
  { mode: "constant", rates_per_s: [2], duration_s: 5, max_in_flight: 3 },
];

Deno.test("open loads come after the closed ones, a point for each rate, with the list they follow", () => {
  const plan = planTrials(study({ loads: OPEN }));
  const trials = plan.launches[0]!.trials.filter(({ workload }) => workload === "short");
  assert.deepEqual(trials.map((trial) => loadPointOf(trial).load), [
    "closed 1",
    "closed 10",
    "poisson 4/s",
    "poisson 8/s",
    "constant 2/s capped at 3",
  ]);
  const { concurrency, offered_requests_per_s, requests, arrivals, warmup_requests } = trials[2]!;
  assert.deepEqual(
    { concurrency, offered_requests_per_s, requests, arrivals, warmup_requests },
    {
      concurrency: null,
      offered_requests_per_s: 4,
      requests: 30,
      arrivals: "b1-poisson-4",
      warmup_requests: 8,
    },
  );
  assert.equal(trials[4]!.requests, 10);
  assert.equal(trials[4]!.trial_id, `${trials[4]!.launch_id}-short-constant-2-capped-at-3`);
});

Deno.test("all entries of a block follow one list, and each block has its own", () => {
  const plan = planTrials(study({ loads: OPEN }));
  const trials = plannedTrials(plan).filter(({ load }) => load.mode === "poisson");
  const cells = Map.groupBy(
    trials,
    ({ block, load }) => `${block} ${loadPointOf({ load, concurrency: null }).load}`,
  );
  for (const cell of cells.values()) {
    assert.equal(new Set(cell.map(({ arrivals }) => arrivals)).size, 1);
  }
  const lists = Object.keys(plan.arrivals!).filter((name) => name.endsWith("poisson-4"));
  assert.deepEqual(lists, ["b1-poisson-4", "b2-poisson-4", "b3-poisson-4"]);
  const times = lists.map((name) => JSON.stringify(plan.arrivals![name]));
  assert.equal(new Set(times).size, 3);
});

Deno.test("a ramp and pauses belong to the closed loops", () => {
  const [trial] = plannedTrials(planTrials(study({ ramp_s: 2, think_ms: 500 })));
  assert.deepEqual(trial!.load, { mode: "closed", concurrency: 1, ramp_s: 2, think_ms: 500 });
  assert.equal(loadPointOf(trial!).load, "closed 1, thinking 500 ms");
  assert.equal(loadPointOf(trial!).load_family, "closed, thinking 500 ms");
});

Deno.test("a plan of an older run is one of closed loops", () => {
  const { launches } = planTrials(study());
  const old = launches.map((launch) => ({
    ...launch,
    trials: launch.trials.map(({ load: _, ...trial }) => trial as PlannedTrial),
  }));
  assert.deepEqual(withLoads({ launches: old }).launches, launches);
});
