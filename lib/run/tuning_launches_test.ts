import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { searchConfig, tuningOf } from "@/config/tuning.ts";
import { tuningLaunches } from "./tuning_launches.ts";

const MINUTE_MS = 60_000;

/** Two entries with 6 minutes each, one of them with three candidates. */
function search() {
  const candidates = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ settings: { max_sequences: i + 1 } }));
  const config = parseConfig(
    JSON.stringify({
      arm: "tuned",
      tuning: { minutes_per_entry: 6 },
      engines: {
        a: { kind: "simulated", wire: "vllm", candidates: candidates(2) },
        b: { kind: "simulated", wire: "sglang", candidates: candidates(3) },
      },
      benchmark: { concurrency_levels: [4] },
    }),
    "study.json",
  ).config;
  const tuning = tuningOf(config)!;
  const given_ms: number[] = [];
  let disposed = 0;
  let now_ms = 0;
  const clock = {
    now: () => now_ms,
    after(ms: number) {
      given_ms.push(ms);
      return { signal: new AbortController().signal, [Symbol.dispose]: () => void disposed++ };
    },
  };
  const spent_minutes = new Map<string, number>();
  const planned: string[] = [];
  const folder = { plan: (launch: { launch_id: string }) => void planned.push(launch.launch_id) };
  const own = { arrivals: {}, clock, spent_minutes };
  const found = { config: searchConfig(config, tuning), tuning, folder, ...own };
  const pass = (minutes: number) => now_ms += minutes * MINUTE_MS;
  return { ...found, launches: tuningLaunches(found), pass, given_ms, ended: () => disposed };
}

Deno.test("a candidate's rounds go on for as long as another one fits into its minutes", () => {
  const { launches, pass, given_ms, spent_minutes, ended } = search();
  const rounds = new Map<string, number>();
  for (const { planned, trials } of launches) {
    pass(0.5);
    let count = 0;
    for (const _ of trials) {
      count++;
      pass(0.7);
    }
    rounds.set(planned.entry, count);
    pass(0.1);
  }
  // 3 minutes hold 0.5 + 3 × 0.7, and 2 minutes 0.5 + 2 × 0.7.
  assert.deepEqual([...rounds], [["a.1", 3], ["a.2", 3], ["b.1", 2], ["b.2", 2], ["b.3", 2]]);
  assert.deepEqual(given_ms.map((ms) => ms / MINUTE_MS), [3, 3, 2, 2, 2]);
  assert.equal(ended(), 5);
  const minutes = [...spent_minutes.values()].map((value) => Number(value.toFixed(6)));
  assert.deepEqual(minutes, [2.7, 2.7, 2, 2, 2]);
});

Deno.test("a first round is begun however long the start took, and round r asks all the same", () => {
  const { launches, pass } = search();
  const seeds: number[][] = [];
  for (const { planned, trials } of launches) {
    pass(planned.entry === "a.1" ? 2.9 : 0.2);
    const own: number[] = [];
    for (const trial of trials) {
      own.push(trial.prompt_seed);
      pass(0.8);
    }
    seeds.push(own);
    assert.equal(new Set(own).size, own.length);
  }
  assert.equal(seeds[0]!.length, 1);
  for (const own of seeds) assert.deepEqual(own, seeds[1]!.slice(0, own.length));
});
