import assert from "node:assert/strict";
import { planTrials } from "./plan.ts";
import { parseConfig } from "./read_config.ts";
import { repeatPlan } from "./repeat_plan.ts";
import { configSchema } from "./schema.ts";
import { useCases } from "./use_cases.ts";

const ENGINES = "engines: {a: {kind: llama-cpp}, b: {kind: vllm}}\n";
const config = (text: string) => parseConfig(ENGINES + text, "a.yaml").config;

Deno.test("without use cases each workload is judged by throughput at its highest load", () => {
  assert.deepEqual(useCases(config("workloads: {short: {}, code: {}}")), [
    {
      name: "short",
      workload: "short",
      metric: "output_tokens_per_s",
      load: "closed 100",
      slo: null,
      target: 0.9,
    },
    {
      name: "code",
      workload: "code",
      metric: "output_tokens_per_s",
      load: "closed 100",
      slo: null,
      target: 0.9,
    },
  ]);
});

Deno.test("a preset gives metric, level and SLO, each of which the config may replace", () => {
  const [chat, single] = useCases(config(
    "use_cases: {chat: {workload: prompts, preset: chat, slo: {ttft_ms: 900}}, one: {workload: prompts, preset: single-user, primary: {metric: ttft_ms_p50, level: 10}}}",
  ));
  assert.deepEqual([chat!.metric, chat!.load, chat!.slo], ["ttft_ms_p50", "closed 100", {
    ttft_ms: 900,
  }]);
  assert.deepEqual([single!.metric, single!.load, single!.slo], ["ttft_ms_p50", "closed 10", {
    ttft_ms: 500,
    tpot_ms: 30,
  }]);
});

Deno.test("where open loads come at several rates, chat is judged by the largest load under its SLO", () => {
  const loads = (rates: string) =>
    `benchmark: {concurrency_levels: [1], loads: [{mode: poisson, rates_per_s: [${rates}], requests: 50}]}`;
  const chat = "use_cases: {chat: {workload: prompts, preset: chat}}\n";
  const [several] = useCases(config(chat + loads("1, 2, 4")));
  assert.deepEqual([several!.metric, several!.load], ["max_load_per_s", "poisson"]);
  const [one] = useCases(config(chat + loads("2")));
  assert.deepEqual([one!.metric, one!.load], ["ttft_ms_p50", "closed 1"]);
});

Deno.test("the plan records the use cases, so that they cannot be chosen afterwards", () => {
  assert.equal(planTrials(config("{}".replace("{}", ""))).use_cases![0]!.name, "prompts");
});

Deno.test("an unknown workload or a load that is not planned is refused with its place", () => {
  assert.throws(
    () => config("use_cases: {chat: {workload: talk, preset: chat}}"),
    /a\.yaml:2:30 use_cases\.chat\.workload: no workload of that name; the config has prompts/,
  );
  assert.throws(
    () => config("use_cases: {x: {workload: prompts, primary: {metric: tpot_ms_p50, level: 7}}}"),
    /use case x wants load 7; planned loads: closed 1, closed 10, closed 50, closed 100/,
  );
  assert.throws(
    () => config("use_cases: {x: {workload: prompts, primary: {metric: max_load_per_s}}}"),
    /use case x wants open loads at two rates or more in benchmark\.loads/,
  );
  assert.throws(() => config("use_cases: {x: {workload: prompts}}"), /set it, or a preset/);
});

Deno.test("looks go up, and the last is the number of blocks that are planned", () => {
  const plan = planTrials(config("benchmark: {looks: [2, 4], warm_block: false}"));
  assert.deepEqual([...new Set(plan.launches.map(({ block }) => block))], [1, 2, 3, 4]);
  assert.deepEqual(plan.looks, [2, 4]);
  assert.throws(() => config("benchmark: {looks: [6, 6]}"), /looks: counts of blocks must go up/);
});

Deno.test("block 0 warms the engines that compile, at each load, and nothing else", () => {
  const text = (warm: string) => `benchmark: {concurrency_levels: [1, 4], blocks: 2${warm}}`;
  const plan = planTrials(config(text("")));
  const warm = plan.launches.filter(({ block }) => block === 0);
  assert.deepEqual(warm.map(({ launch_id }) => launch_id), ["b0-b"]);
  assert.deepEqual(
    warm[0]!.trials.map(({ trial_id, requests, warmup_requests }) => [
      trial_id,
      requests,
      warmup_requests,
    ]),
    [["b0-b-prompts-c1", 2, 0], ["b0-b-prompts-c4", 8, 0]],
  );
  assert.equal(plan.launches[0], warm[0], "it comes first");
  const blocks = (more: string) =>
    planTrials(config(text(more))).launches.filter(({ block }) => block === 0).length;
  assert.deepEqual([blocks(", warm_block: true"), blocks(", warm_block: false")], [2, 0]);
});

Deno.test("a lost cell is planned once more for every entry of its block, and never twice", () => {
  const plan = planTrials(configSchema.parse({
    engines: { a: { kind: "simulated", wire: "vllm" }, b: { kind: "simulated", wire: "sglang" } },
    benchmark: { concurrency_levels: [1, 4], blocks: 2 },
  }));
  const lost = plan.launches.flatMap(({ trials }) => trials)
    .filter(({ block, entry, concurrency }) => block === 2 && entry === "a" && concurrency === 4);
  const again = repeatPlan(plan, lost);
  const order = plan.launches.filter(({ block }) => block === 2).map(({ entry }) => entry);
  assert.deepEqual(again.map(({ launch_id }) => launch_id), order.map((e) => `b2-${e}-again`));
  for (const { trials, entry } of again) {
    assert.deepEqual(trials.map(({ trial_id, repeats }) => [trial_id, repeats]), [
      [`b2-${entry}-again-prompts-c4`, `b2-${entry}-prompts-c4`],
    ]);
    assert.equal(trials[0]!.prompt_seed, lost[0]!.prompt_seed);
  }
  assert.deepEqual(repeatPlan({ ...plan, launches: [...plan.launches, ...again] }, lost), []);
});

Deno.test("a cell that a real entry lost is planned again for the real entries alone, and the other way round", () => {
  const simulated = { kind: "simulated", wire: "vllm" };
  const plan = planTrials(configSchema.parse({
    engines: { one: { kind: "llama-cpp" }, sim: simulated, two: { kind: "llama-cpp" } },
    benchmark: { concurrency_levels: [1, 4], blocks: 2 },
  }));
  const lostBy = (name: string) =>
    plan.launches.flatMap(({ trials }) => trials)
      .filter(({ block, entry, concurrency }) =>
        block === 1 && entry === name && concurrency === 4
      );
  const again = (name: string) =>
    repeatPlan(plan, lostBy(name)).map(({ launch_id }) => launch_id).toSorted();
  assert.deepEqual(again("one"), ["b1-one-again", "b1-two-again"]);
  assert.deepEqual(again("sim"), ["b1-sim-again"]);
});
