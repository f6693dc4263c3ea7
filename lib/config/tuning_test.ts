import assert from "node:assert/strict";
import type { Config } from "./schema.ts";
import { parseConfig } from "./read_config.ts";
import { readPrompts } from "./prompts.ts";
import { searchConfig, tuningOf, withChosen, withEveryCandidate } from "./tuning.ts";
import { dividePrompts } from "./tuning_prompts.ts";
import { planRound } from "./tuning_rounds.ts";
import { planTrials } from "./plan.ts";
import { ConfigError } from "./yaml_source.ts";

const STUDY = `
arm: tuned
settings: { max_sequences: 64, seed: 1 }
tuning: { minutes_per_entry: 40 }
engines:
  v:
    kind: vllm
    extra_args: [--language-model-only]
    candidates:
      - settings: { max_sequences: 128 }
      - { extra_args: [--async-scheduling], env: { SOME_PATH: fast } }
  s:
    kind: sglang
    candidates: [{ settings: { batched_tokens: 4096 } }, { settings: { batched_tokens: 8192 } },
      { settings: { batched_tokens: 16384 } }, { settings: { chunked_prefill: false } }]
  recipe: { kind: tensorrt-llm }
use_cases:
  batch: { workload: prompts, preset: batch }
  single: { workload: prompts, preset: single-user }
benchmark: { concurrency_levels: [1, 50] }
`;

const study = () => parseConfig(STUDY, "study.yaml").config;

function problemsOf(text: string): string[] {
  try {
    parseConfig(text, "study.yaml");
  } catch (error) {
    assert.ok(error instanceof ConfigError, `${error}`);
    return error.message.split("\n");
  }
  return [];
}

Deno.test("each entry that searches gets the same minutes, however many candidates it has", () => {
  const { candidates, recipes, use_case, load } = tuningOf(study())!;
  assert.deepEqual(candidates.map(({ name, minutes }) => [name, minutes]), [
    ["v.1", 20],
    ["v.2", 20],
    ["s.1", 10],
    ["s.2", 10],
    ["s.3", 10],
    ["s.4", 10],
  ]);
  for (const own of Map.groupBy(candidates, ({ entry }) => entry).values()) {
    assert.equal(own.reduce((sum, { minutes }) => sum + minutes, 0), 40);
  }
  assert.deepEqual(recipes, ["recipe"]);
  assert.deepEqual([use_case.name, use_case.metric], ["batch", "output_tokens_per_s"]);
  assert.deepEqual(load, { mode: "closed", concurrency: 50 });
});

Deno.test("a candidate is its entry with its own settings, variables and arguments", () => {
  const config = study();
  const tuning = tuningOf(config)!;
  const every = withEveryCandidate(config, tuning).engines;
  assert.deepEqual(Object.keys(every), ["v.1", "v.2", "s.1", "s.2", "s.3", "s.4", "recipe"]);
  const second = every["v.2"] as Extract<Config["engines"][string], { kind: "vllm" }>;
  assert.deepEqual(second.extra_args, ["--language-model-only", "--async-scheduling"]);
  assert.deepEqual(second.env, { SOME_PATH: "fast" });
  assert.equal(second.candidates, undefined);
  const chosen = new Map([["v", tuning.candidates[0]!]]);
  const settled = withChosen(config, chosen).engines;
  assert.deepEqual(Object.keys(settled), ["v", "s", "recipe"]);
  assert.deepEqual(settled["v"], every["v.1"]);
});

Deno.test("a search asks one workload at one load, with a seed and prompts that the study does not have", () => {
  const config = study();
  const tuning = tuningOf(config)!;
  const search = searchConfig(config, tuning);
  assert.deepEqual(search.benchmark.concurrency_levels, [50]);
  assert.deepEqual(Object.keys(search.workloads), ["prompts"]);
  assert.notEqual(search.benchmark.seed, config.benchmark.seed);
  const seeds = (of: Config) =>
    new Set(planTrials(of).launches.flatMap(({ trials }) => trials.map((t) => t.prompt_seed)));
  assert.deepEqual(seeds(search).intersection(seeds(config)).size, 0);

  const prompts = readPrompts("configs/prompts.json");
  const divided = dividePrompts(prompts, config, tuning);
  const ids = (of: typeof prompts) => new Set(of.map(({ prompt_id }) => prompt_id));
  assert.equal(ids(divided.search).intersection(ids(divided.study)).size, 0);
  assert.equal(divided.search.length + divided.study.length, prompts.length);
  for (const category of new Set(prompts.map((each) => each.category))) {
    for (const part of [divided.search, divided.study]) {
      assert.ok(part.some((each) => each.category === category), category);
    }
  }
});

Deno.test("an open load is searched with arrivals of its own, in a round the same for all candidates", () => {
  const open =
    "concurrency_levels: [], loads: [{ mode: gamma, rates_per_s: [2, 4], burstiness: 0.5, requests: 9 }]";
  const { config } = parseConfig(
    STUDY.replace("concurrency_levels: [1, 50]", open),
    "study.yaml",
  );
  const tuning = tuningOf(config)!;
  assert.deepEqual(tuning.load, { mode: "gamma", rate_per_s: 4, burstiness: 0.5, requests: 9 });
  const search = searchConfig(config, tuning);
  assert.deepEqual(planTrials(search).launches.at(-1)!.trials.map(({ load }) => load), [
    tuning.load,
  ]);
  const round = (entry: string, r: number) =>
    planRound(search, tuning, { launch_id: entry, entry }, r);
  const { trial, arrivals } = round("v.1", 1);
  assert.deepEqual([trial.requests, trial.offered_requests_per_s], [9, 4]);
  assert.equal(arrivals[trial.arrivals!]!.length, 9);
  assert.deepEqual(round("s.2", 1).arrivals, arrivals);
  const times = (of: Record<string, unknown>) => JSON.stringify(Object.values(of));
  assert.notEqual(times(round("v.1", 2).arrivals), times(arrivals));
  assert.ok(!times(planTrials(config).arrivals!).includes(times(arrivals).slice(1, -1)));
});

Deno.test("prompts that cannot be divided are refused by the name of their category", () => {
  const config = study();
  const lone = [{ prompt_id: "one/0", category: "one", messages: [] }];
  assert.throws(() => dividePrompts(lone, config, tuningOf(config)!), /category one .* one prompt/);
});

Deno.test("what a search cannot be is refused at its place in the file", () => {
  const nine = Array.from({ length: 9 }, (_, i) => `{ settings: { max_sequences: ${i + 1} } }`);
  const wrong: [from: string | RegExp, to: string, message: RegExp][] = [
    [
      /candidates: \[\{[^\]]*\]/,
      `candidates: [${nine.join(", ")}]`,
      /^study\.yaml:14:\d+ engines\.s\.candidates: expected at most 8 entries, got /,
    ],
    ["arm: tuned", "arm: equalised", /^study\.yaml:10:7 engines\.v\.candidates: only the tuned/],
    ["tuning: { minutes_per_entry: 40 }\n", "", /^study\.yaml:9:7 .*candidates need a budget/],
    ["minutes_per_entry: 40", "minutes_per_entry: 0", /^study\.yaml:4:\d+ .*more than 0/],
    [
      "minutes_per_entry: 40",
      "minutes_per_entry: 40, use_case: other",
      /^study\.yaml:4:\d+ tuning\.use_case: no use case other; it has batch, single/,
    ],
    [
      "- settings: { max_sequences: 128 }",
      "- {}",
      /^study\.yaml:10:9 engines\.v\.candidates\[0\]: changes nothing/,
    ],
    ["recipe:", "v.2:", /^study\.yaml:10:7 .*v\.2 is also an entry of its own/],
    [
      "concurrency_levels: [1, 50]",
      "concurrency_levels: [], loads: [{ mode: trace, file: a.csv }]",
      /^study\.yaml:4:\d+ tuning\.use_case: batch is judged at trace a, and .* which is no trace/,
    ],
    [
      "batch: { workload: prompts, preset: batch }",
      "batch: { workload: prompts, primary: { metric: slo_goodput_per_s, level: highest }, slo: { ttft_ms: 9 } }",
      /^study\.yaml:4:\d+ tuning\.use_case: batch goes by SLO goodput, by which no candidates/,
    ],
  ];
  for (const [from, to, message] of wrong) {
    const text = STUDY.replace(from, to);
    assert.notEqual(text, STUDY, `${from}`);
    const problems = problemsOf(text);
    assert.ok(problems.some((problem) => message.test(problem)), problems.join("\n"));
  }
  const none = STUDY.replace(/^engines:[^]*?(?=use_cases)/m, "engines: { v: { kind: vllm } }\n");
  assert.match(problemsOf(none).join(), /tuning: no entry has `candidates` to search among/);
});
