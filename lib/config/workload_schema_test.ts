import assert from "node:assert/strict";
import { planTrials } from "./plan.ts";
import { parseConfig } from "./read_config.ts";
import { requestEnds, workloadText } from "./workload_lengths.ts";
import { WORKLOAD_PRESETS } from "./workload_presets.ts";
import { ConfigError } from "./yaml_source.ts";

const FILE = (workload: string, benchmark = "{ concurrency_levels: [4] }") =>
  `engines:
  sim: { kind: simulated, wire: vllm }
benchmark: ${benchmark}
workloads:
  w: ${workload}
`;

function problemsOf(workload: string, benchmark?: string): string[] {
  try {
    parseConfig(FILE(workload, benchmark), "a.yaml");
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return [];
}

function parsed(workload: string, benchmark?: string) {
  const { config } = parseConfig(FILE(workload, benchmark), "a.yaml");
  return { config, workload: config.workloads["w"]! };
}

Deno.test("bad lengths are told at their place and with what was seen", () => {
  const cases: [string, RegExp][] = [
    [
      "{ kind: synthetic, input_tokens: 0 }",
      /^a\.yaml:5:\d+ workloads\.w\.input_tokens: expected .*at least 1/,
    ],
    [
      "{ kind: synthetic }",
      /^a\.yaml:5:\d+ workloads\.w\.input_tokens: (missing; )?.*set it, or a preset/,
    ],
    ["{ kind: synthetic, preset: chats }", /^a\.yaml:5:\d+ .*did you mean "chat"\?/],
    [
      "{ kind: synthetic, input_tokens: 9, output_tokens: { distribution: uniform, min: 9, max: 2 } }",
      /^a\.yaml:5:\d+ workloads\.w\.output_tokens\.max: lies below `min`/,
    ],
    [
      "{ kind: synthetic, input_tokens: { distribution: histogram, bins: [{ from: 4, weight: -1 }] } }",
      /^a\.yaml:5:\d+ workloads\.w\.input_tokens\.bins\[0\]\.weight: expected at least 0, got -1/,
    ],
    [
      "{ kind: synthetic, input_tokens: { distribution: histogram, bins: [{ from: 4, weight: 0 }] } }",
      /^a\.yaml:5:\d+ workloads\.w\.input_tokens\.bins: has no weight above 0/,
    ],
    [
      "{ kind: synthetic, input_tokens: { distribution: histogram, bins: [{ from: 0, weight: 1 }] } }",
      /^a\.yaml:5:\d+ workloads\.w\.input_tokens\.bins\[0\]\.from: expected at least 1, got 0/,
    ],
    [
      "{ kind: synthetic, input_tokens: { distribution: lognormal, median: 9, sigma: 1, max: 5 } }",
      /^a\.yaml:5:\d+ workloads\.w\.input_tokens\.median: lies outside/,
    ],
    [
      "{ kind: shared_prefix, prefix_tokens: 10, suffix_tokens: 5, share: 1.5 }",
      /^a\.yaml:5:\d+ workloads\.w\.share: expected at most 1, got 1.5/,
    ],
    [
      "{ kind: shared_prefix, prefix_tokens: 10, suffix_tokens: 0 }",
      /^a\.yaml:5:\d+ workloads\.w\.suffix_tokens: expected .*at least 1/,
    ],
    [
      "{ kind: multi_turn, turns: 1, turn_tokens: 5 }",
      /^a\.yaml:5:\d+ workloads\.w\.turns: expected at least 2, got 1/,
    ],
    [
      "{ kind: multi_turn, turns: 2, turn_tokens: 5, api: completions }",
      /^a\.yaml:5:\d+ workloads\.w\.api: expected "chat", got "completions"/,
    ],
    [
      "{ kind: sintetic, input_tokens: 5 }",
      /^a\.yaml:5:\d+ workloads\.w\.kind: .*did you mean "synthetic"\?/,
    ],
    [
      "{ kind: synthetic, input_token: 5 }",
      /^a\.yaml:5:\d+ .*unknown key; did you mean "input_tokens"\?/,
    ],
    ["{ categorys: [a] }", /^a\.yaml:5:\d+ .*unknown key; did you mean "categories"\?/],
  ];
  for (const [workload, expected] of cases) {
    const problems = problemsOf(workload);
    assert(
      problems.some((problem) => expected.test(problem)),
      `${workload}\n${problems.join("\n")}`,
    );
  }
});

Deno.test("conversations want users, a trace's lengths want a trace", () => {
  const loads =
    "{ concurrency_levels: [], loads: [{ mode: poisson, rates_per_s: [1], requests: 5 }] }";
  const [talk] = problemsOf("{ kind: multi_turn, turns: 2, turn_tokens: 5 }", loads);
  assert.match(talk!, /^a\.yaml:5:\d+ workloads\.w: conversations go on when the answer is there/);
  for (const benchmark of [undefined, loads]) {
    const [trace] = problemsOf("{ kind: trace }", benchmark);
    assert.match(trace!, /^a\.yaml:5:\d+ workloads\.w: takes its lengths from a trace; set/);
  }
});

Deno.test("a workload without a kind is prompts, as it always was", () => {
  const { workload, config } = parsed("{ categories: [short] }");
  assert.deepEqual(workload, { categories: ["short"] });
  assert.equal(workloadText(workload, config.benchmark), null);
  const [trial] = planTrials(config).launches[0]!.trials;
  assert(!("workload_kind" in trial!) && !("api" in trial!));
});

Deno.test("a plain number is nominal for answers and exact for prompts", () => {
  const { workload, config } = parsed("{ kind: synthetic, input_tokens: 500, output_tokens: 100 }");
  assert.equal(workloadText(workload, config.benchmark), "500 input and 80–100 output tokens");
  const [trial] = planTrials(config).launches[0]!.trials;
  assert.equal(trial!.max_tokens, 100);
  assert.equal(trial!.output_length, "varied");
  assert.equal(trial!.workload_kind, "synthetic");
});

Deno.test("a preset gives the lengths of its line, of which each can be set", () => {
  for (const [preset, lengths] of Object.entries(WORKLOAD_PRESETS)) {
    const { config } = parsed(`{ kind: synthetic, preset: ${preset} }`);
    assert.equal(planTrials(config).launches[0]!.trials[0]!.max_tokens, lengths.output_tokens);
  }
  const { chat } = WORKLOAD_PRESETS;
  const plain = parsed("{ kind: synthetic, preset: chat }");
  assert.deepEqual(requestEnds(plain.workload, plain.config.benchmark), {
    longest: chat.input_tokens + chat.output_tokens,
    shortest_input: chat.input_tokens,
  });
  const own = parsed("{ kind: synthetic, preset: chat, output_tokens: 10, api: completions }");
  const text = workloadText(own.workload, own.config.benchmark);
  assert.equal(text, `${chat.input_tokens} input and 8–10 output tokens, completions`);
});

Deno.test("a conversation's longest request holds all turns and answers before it", () => {
  const { workload, config } = parsed(
    "{ kind: multi_turn, turns: 4, first_turn_tokens: 100, turn_tokens: 20, output_tokens: 50 }",
  );
  const ends = requestEnds(workload, config.benchmark);
  assert.deepEqual(ends, { longest: 100 + 50 + 3 * (20 + 50), shortest_input: 100 });
});

Deno.test("each user gets a conversation to warm up and two to be measured", () => {
  const { config } = parsed(
    "{ kind: multi_turn, turns: 8, turn_tokens: 20, output_tokens: 5 }",
    "{ concurrency_levels: [10] }",
  );
  const [trial] = planTrials(config).launches[0]!.trials;
  assert.deepEqual([trial!.requests, trial!.warmup_requests], [160, 80]);
});
