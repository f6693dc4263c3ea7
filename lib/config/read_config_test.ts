import assert from "node:assert/strict";
import { parseConfig, readConfig } from "./read_config.ts";
import { ConfigError } from "./yaml_source.ts";

const ASKED_FOR = `${import.meta.dirname}/testdata/asked-for.yaml`;

function problemsOf(text: string): string[] {
  return refusal(() => parseConfig(text, "a.yaml"));
}

function refusal(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  throw new Error("expected a ConfigError, got none");
}

Deno.test("the config that was asked for loads", () => {
  const { config } = readConfig(ASKED_FOR);
  const { vllm, sglang, tensorrt_llm } = config.engines;
  assert.equal(vllm!.kind, "vllm");
  assert.deepEqual(sglang, {
    kind: "sglang",
    port: 8002,
    extra_args: ["--dtype", "auto"],
    ignore_eos: true,
  });
  assert.equal(tensorrt_llm!.kind, "tensorrt-llm");
  assert.equal(config.model.name, "meta-llama/Llama-4-Scout-17B-16E-Instruct");
  const { concurrency_levels, warmup_requests, requests_per_level } = config.benchmark;
  assert.deepEqual(concurrency_levels, [1, 10, 50, 100]);
  assert.equal(warmup_requests, 5);
  assert.equal(requests_per_level, "auto");
});

Deno.test("each key of it that was changed or cannot work is named at its place", () => {
  const notes = readConfig(ASKED_FOR).notes.map((note) => note.replace(ASKED_FOR, "asked.yaml"));
  const expected = [
    /^asked\.yaml:9:3 engines\.vllm: translated: kind is vllm/,
    /^asked\.yaml:12:3 engines\.sglang: translated: kind is sglang/,
    /^asked\.yaml:14:5 engines\.sglang\.extra_args: superseded: --model-path meta-llama/,
    /^asked\.yaml:14:5 engines\.sglang\.extra_args: superseded: --port 8002 is set by the launcher/,
    /^asked\.yaml:15:3 engines\.tensorrt_llm: translated: kind is tensorrt-llm/,
    /^asked\.yaml:17:5 engines\.tensorrt_llm\.docker_image: cannot be used: this Triton image/,
    /^asked\.yaml:22:3 benchmark\.requests_per_prompt: superseded by requests_per_level/,
    /^asked\.yaml:4:3 model\.name: cannot be used on one NVIDIA H100 80GB HBM3: .* 218 GB/,
  ];
  assert.equal(notes.length, expected.length, notes.join("\n"));
  for (const [i, pattern] of expected.entries()) assert.match(notes[i]!, pattern);
});

Deno.test("a server that runs already is measured with the counts as written", () => {
  const text = [
    "engines:",
    '  truth: { kind: external, base_url: "http://127.0.0.1:9200/v1", model: mock }',
    "benchmark: { concurrency_levels: [1, 10], requests_per_level: 50, warmup_requests: 5, " +
    "max_tokens: 100, temperature: 0.0 }",
  ].join("\n");
  const { config, notes } = parseConfig(text, "a.yaml");
  assert.deepEqual(notes, []);
  assert.deepEqual(config.engines, {
    truth: {
      kind: "external",
      base_url: "http://127.0.0.1:9200/v1",
      model: "mock",
      ignore_eos: false,
    },
  });
  const { requests_per_level, warmup_requests, max_tokens, temperature } = config.benchmark;
  assert.deepEqual([requests_per_level, warmup_requests, max_tokens, temperature], [50, 5, 100, 0]);
});

Deno.test("an unknown key, a wrong type and a key that stands twice are placed and explained", () => {
  assert.deepEqual(
    problemsOf("engines: {a: {kind: vllm}}\nbenchmark:\n  concurency_levels: [1]\n"),
    [
      'a.yaml:3:3 benchmark.concurency_levels: unknown key; did you mean "concurrency_levels"?',
    ],
  );
  assert.deepEqual(problemsOf("engines: {a: {kind: vllm}}\nbenchmark: {blocks: three}\n"), [
    'a.yaml:2:21 benchmark.blocks: expected a number, got "three"',
  ]);
  assert.deepEqual(problemsOf("engines: {a: {kind: vllm}}\nmodel: {name: a, name: b}\n"), [
    "a.yaml:2:18 the key name stands twice in one mapping; keep one of them",
  ]);
});

Deno.test("problems of a translated entry keep their place in the file", () => {
  const text = "engines:\n  vllm:\n    extra_args: [--port, '1', 7]\n    prot: 2\n";
  assert.deepEqual(problemsOf(text), [
    "a.yaml:3:31 engines.vllm.extra_args[2]: expected text, got 7; put it in quotes",
    'a.yaml:4:5 engines.vllm.prot: unknown key; did you mean "port"?',
  ]);
});

Deno.test("an empty and a missing file say so and what to do", () => {
  assert.match(problemsOf("# nothing yet\n")[0]!, /^a\.yaml: there is nothing in this file; start/);
  const missing = `${import.meta.dirname}/testdata/no-such.yaml`;
  assert.deepEqual(refusal(() => readConfig(missing)), [
    `${missing}: no such file; check the path`,
  ]);
});

Deno.test("keys that contradict each other are refused together, each at its place", () => {
  const text = [
    "engines:",
    "  a: {kind: vllm, port: 8000}",
    "  b: {kind: sglang, port: 8000}",
    "  c: {kind: vllm, port: 0}",
    "  d: {kind: vllm, port: 0}",
    "benchmark: {concurrency_levels: [1, 2, 1]}",
    'hardware: {server_cores: "0"}',
  ].join("\n");
  assert.deepEqual(problemsOf(text).sort(), [
    'a.yaml:3:27 engines.b.port: "a" has the same port',
    "a.yaml:6:33 benchmark.concurrency_levels: a level stands twice",
    "a.yaml:7:11 hardware: set server_cores and client_cores together, or neither",
  ]);
});

Deno.test("one engine in two settings may leave its port open", () => {
  const text = "engines:\n  a: {kind: vllm}\n  b: {kind: vllm}\n";
  assert.deepEqual(Object.keys(parseConfig(text, "a.yaml").config.engines), ["a", "b"]);
});

Deno.test("a core that server and client would share is refused with its place", () => {
  const text =
    'engines: { a: { kind: vllm } }\nhardware: { server_cores: "0-1", client_cores: "1" }\n';
  assert.throws(
    () => parseConfig(text, "study.yaml"),
    /study\.yaml:2:\d+ hardware\.client_cores: core 1 is in both lists/,
  );
});

Deno.test("entries and workloads whose names run into one trial name are refused", () => {
  const text = [
    "engines: { x: { kind: simulated, wire: vllm }, x-a: { kind: simulated, wire: sglang } }",
    "workloads: { a-b: {}, b: {} }",
  ].join("\n");
  assert.throws(
    () => parseConfig(text, "study.yaml"),
    /engines\.x-a: x with a-b and x-a with b would both be called x-a-b; rename one of them/,
  );
});

Deno.test("a base_url with a password or a query is refused without repeating the password", () => {
  for (
    const url of ["http://u:secret@host/v1", "http://host/v1?api-version=1", "http://host/v1#x"]
  ) {
    const text = `engines:\n  a: { kind: external, base_url: "${url}", model: m }\n`;
    assert.throws(() => parseConfig(text, "study.yaml"), (error: Error) => {
      assert.match(
        error.message,
        /study\.yaml:2:\d+ engines\.a\.base_url: .*a key goes into api_key_env/,
      );
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});

Deno.test("what is wrong with base_url is told at its place, the replica by its number", () => {
  const told = (base_url: string) => {
    const text = `engines:\n  a: { kind: external, model: m, ${base_url} }\n`;
    let message = "";
    assert.throws(() => parseConfig(text, "study.yaml"), (error: Error) => {
      message = error.message;
      return true;
    });
    return message;
  };
  const wanted = "expected an http\\(s\\) URL such as http://127.0.0.1:8000/v1, or a list of them";
  assert.match(told("base_url: ftp://h"), new RegExp(`:2:\\d+ engines.a.base_url: ${wanted}, got`));
  assert.match(told("base_url: []"), new RegExp(`base_url: ${wanted}, got an empty list`));
  assert.match(told("x: 1"), new RegExp(`base_url: missing; ${wanted}`));
  const [second] = ["base_url: [http://h/v1, http://u:secret@h/v1]"];
  assert.match(told(second!), /:2:\d+ engines\.a\.base_url\[1\]: may hold no user, password/);
  assert.doesNotMatch(told(second!), /secret/);
  assert.match(
    told("base_url: http://h/v1, ca_file: x"),
    /ca_file: has no meaning without an https/,
  );
});

Deno.test("a variable that is named like a secret is refused and told where it belongs", () => {
  for (const name of ["HF_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "db_password"]) {
    const [problem, ...others] = problemsOf(
      `engines:\n  a:\n    kind: sglang\n    env:\n      ${name}: abc123\n`,
    );
    assert.deepEqual(others, []);
    assert.match(problem!, /^a\.yaml:5:7 engines\.a\.env\.\w+: looks like a secret, .*export it/);
    assert(!problem!.includes("abc123"), problem);
  }
});

Deno.test("what is wrong with an open load is told at its place", () => {
  const problems = problemsOf([
    "engines: { a: { kind: vllm } }",
    "benchmark:",
    "  loads:",
    "    - { mode: poisson, rates_per_s: [4, 0, -1], requests: 10 }",
    "    - { mode: gamma, rates_per_s: [], burstiness: 0.5, requests: 10 }",
    "    - { mode: constant, rates_per_s: [1] }",
    "    - { mode: constant, rates_per_s: [1], requests: 1, duration_s: 1 }",
    "    - { mode: ramp, from_per_s: 1, to_per_s: 2, duration_s: 5, requests: 9 }",
    "    - { mode: steps, steps: [] }",
    "    - { mode: burst, rates_per_s: [1] }",
  ].join("\n"));
  assert.deepEqual(problems, [
    "a.yaml:4:41 benchmark.loads[0].rates_per_s[1]: expected more than 0, got 0",
    "a.yaml:4:44 benchmark.loads[0].rates_per_s[2]: expected more than 0, got -1",
    "a.yaml:5:35 benchmark.loads[1].rates_per_s: expected at least 1 entry, got an empty list",
    "a.yaml:6:7 benchmark.loads[2]: needs `requests` or `duration_s`, one of the two",
    "a.yaml:7:7 benchmark.loads[3]: needs `requests` or `duration_s`, one of the two",
    "a.yaml:8:64 benchmark.loads[4].requests: unknown key; known here: mode, from_per_s, to_per_s, duration_s, max_in_flight",
    "a.yaml:9:29 benchmark.loads[5].steps: expected at least 1 entry, got an empty list",
    'a.yaml:10:15 benchmark.loads[6].mode: expected one of "constant", "poisson", "gamma", "steps", "ramp", "trace", got "burst"',
  ]);
});

Deno.test("one load under two entries, and no load at all, are refused", () => {
  const engines = "engines: { a: { kind: vllm } }";
  const load = "{ mode: poisson, rates_per_s: [4], requests: 10 }";
  assert.deepEqual(problemsOf(`${engines}\nbenchmark: { loads: [${load}, ${load}] }`), [
    "a.yaml:2:21 benchmark.loads: poisson 4/s stands twice; give a trace a name of its own",
  ]);
  assert.deepEqual(problemsOf(`${engines}\nbenchmark: { concurrency_levels: [] }`), [
    "a.yaml:2:34 benchmark.concurrency_levels: expected at least 1 entry, or open loops in `loads`, got an empty list",
  ]);
});
