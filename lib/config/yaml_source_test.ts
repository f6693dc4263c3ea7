import assert from "node:assert/strict";
import { configSchema } from "./schema.ts";
import { ConfigError, parseSource, readSource } from "./yaml_source.ts";
import { zodProblems } from "./zod_problems.ts";

function problemsOf(text: string): string[] {
  const source = parseSource(text, "a.yaml");
  const checked = configSchema.safeParse(source.value);
  return checked.success ? [] : zodProblems(checked.error, source, configSchema);
}

function refusal(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    assert.equal(error.message, error.problems.join("\n"));
    return error.problems;
  }
  throw new Error("expected a ConfigError, got none");
}

const refused = (text: string, file = "a.yaml") => refusal(() => parseSource(text, file));

Deno.test("a sound config has no problems", () => {
  assert.deepEqual(problemsOf("engines:\n  a: {kind: vllm}\n"), []);
});

Deno.test("an unknown key is placed at the key and told with the key that was meant", () => {
  assert.deepEqual(problemsOf("engines:\n  a:\n    kind: vllm\n    prot: 3\n"), [
    'a.yaml:4:5 engines.a.prot: unknown key; did you mean "port"?',
  ]);
  assert.deepEqual(problemsOf("engines: {a: {kind: vllm}}\nbenchmark:\n  blockss: 1\n"), [
    'a.yaml:3:3 benchmark.blockss: unknown key; did you mean "blocks"?',
  ]);
});

Deno.test("an unknown key like no other is told with the keys known there", () => {
  assert.deepEqual(problemsOf("engines: {a: {kind: vllm}}\nhardware: {colour: red}\n"), [
    "a.yaml:2:12 hardware.colour: unknown key; known here: gpu, provider, price_per_hour, price_currency, allow_other_tenants, gpu_empty, server_cores, client_cores",
  ]);
});

Deno.test("keys of another kind of engine are not suggested", () => {
  assert.deepEqual(problemsOf("engines: {a: {kind: simulated, wire: vllm, slot: 2}}\n"), [
    "a.yaml:1:44 engines.a.slot: unknown key; known here: kind, port, extra_args, env, ignore_eos, candidates, arm, settings, wire, " +
    "max_sequences, prefill_ms_per_token, decode_ms_base, decode_ms_per_sequence, kv_capacity_tokens",
  ]);
});

Deno.test("a wrong type is placed at the value and says what was seen", () => {
  assert.deepEqual(problemsOf("engines:\n  a:\n    kind: vllm\n    extra_args: --foo\n"), [
    'a.yaml:4:17 engines.a.extra_args: expected a list, got "--foo"',
  ]);
});

Deno.test("a version that YAML reads as a number should stand in quotes", () => {
  assert.deepEqual(problemsOf("engines:\n  a: {kind: vllm, version: 0.10}\n"), [
    "a.yaml:2:28 engines.a.version: expected text, got 0.1; put it in quotes",
  ]);
});

Deno.test("an unknown kind is told with the kinds there are and the nearest", () => {
  assert.deepEqual(problemsOf("engines:\n  a:\n    kind: vlm\n"), [
    'a.yaml:3:11 engines.a.kind: expected one of "vllm", "sglang", "tensorrt-llm", "llama-cpp", ' +
    '"external", "simulated", got "vlm"; did you mean "vllm"?',
  ]);
});

Deno.test("a missing key is placed at its parent", () => {
  assert.deepEqual(problemsOf("engines:\n  a:\n    kind: external\n    base_url: http://h/v1\n"), [
    "a.yaml:2:3 engines.a.model: missing; expected text",
  ]);
  assert.deepEqual(problemsOf("question: why?\n"), [
    "a.yaml:1:1 engines: missing; expected a mapping of names to entries",
  ]);
});

Deno.test("a value that fits no form of a union is told with all forms", () => {
  assert.deepEqual(
    problemsOf("engines: {a: {kind: vllm}}\nbenchmark:\n  requests_per_level: all\n"),
    [
      'a.yaml:3:23 benchmark.requests_per_level: expected a number, or "auto", got "all"',
    ],
  );
});

Deno.test("a name that may not be one is placed at the name", () => {
  assert.deepEqual(problemsOf("engines:\n  my engine: {kind: vllm}\n"), [
    "a.yaml:2:3 engines.my engine: an entry's name may hold letters, digits, '.', '_' and '-', " +
    'got "my engine"',
  ]);
});

Deno.test("all problems come at once, in the order of the file", () => {
  const text = [
    "engnes: 1",
    "engines:",
    "  a: {kind: vllm, port: high}",
    "  b:",
    "benchmark:",
    "  concurrency_levels: [1, 0, x]",
    "  seed: 1.5",
  ].join("\n");
  assert.deepEqual(problemsOf(text), [
    'a.yaml:1:1 engnes: unknown key; did you mean "engines"?',
    'a.yaml:3:25 engines.a.port: expected a number, got "high"',
    "a.yaml:4:3 engines.b: expected a mapping of keys to values, got nothing",
    "a.yaml:6:27 benchmark.concurrency_levels[1]: expected at least 1, got 0",
    'a.yaml:6:30 benchmark.concurrency_levels[2]: expected a number, got "x"',
    "a.yaml:7:9 benchmark.seed: expected a whole number, got 1.5",
  ]);
});

Deno.test("a problem inside an anchored mapping is placed where the mapping is written", () => {
  assert.deepEqual(problemsOf("engines:\n  a: &x {kind: vllm, port: -1}\n  b: *x\n"), [
    "a.yaml:2:28 engines.a.port: expected at least 0, got -1",
    "a.yaml:2:28 engines.b.port: expected at least 0, got -1",
  ]);
});

Deno.test("a key that stands twice is refused at its second place", () => {
  assert.deepEqual(refused("engines: {}\nmodel: {}\nengines: {}\n"), [
    "a.yaml:3:1 the key engines stands twice in one mapping; keep one of them",
  ]);
});

Deno.test("broken YAML is refused with its place", () => {
  assert.deepEqual(refused("engines:\n\ta: 1\n"), [
    "a.yaml:2:1 tabs are not allowed as indentation",
  ]);
  assert.match(refused("a: [1\nb: 2\n")[0]!, /^a\.yaml:2:1 flow sequence /);
  assert.deepEqual(refused("a: 1\nb: *missing\n"), [
    "a.yaml:2:4 *missing names no anchor before it",
  ]);
  assert.deepEqual(refused("a: 1\n---\nb: 2\n"), [
    "a.yaml:2:1 a second document begins here; keep one a file",
  ]);
});

Deno.test("a file named .json must be JSON, not only YAML", () => {
  assert.deepEqual(parseSource('{"a": [1]}', "a.json").value, { a: [1] });
  const broken: [string, string][] = [
    ['{"a": [bare]}', "a.json:1:8 not JSON: unexpected token 'b'"],
    ['{"a":\n ["x",]}', "a.json:2:7 not JSON: unexpected token ']'"],
    ['{"a": [tru]}', "a.json:1:11 not JSON: unexpected token ']'"],
    ['{"a": ["x"]\n"b": 1}', "a.json:2:1 not JSON: expected ',' or '}' after property value"],
    ['{"a": ["x', "a.json:1:10 not JSON: unterminated string"],
    ['{"a": "x\ny"}', "a.json:1:9 not JSON: bad control character in string literal"],
    [
      `{"a": "${"long ".repeat(50)}"}\n}`,
      "a.json:2:1 not JSON: unexpected non-whitespace character after JSON",
    ],
  ];
  for (const [text, problem] of broken) assert.deepEqual(refused(text, "a.json"), [problem]);
  assert.deepEqual(refused('{"a": 1,\n "a": 2}', "a.json"), [
    'a.json:2:2 the key "a" stands twice in one mapping; keep one of them',
  ]);
});

Deno.test("nothing but comments is an empty file", () => {
  assert.deepEqual(refused("# later\n"), [
    "a.yaml: there is nothing in this file; start from one in configs/",
  ]);
});

Deno.test("a missing, an empty, a binary file and a folder are each named for what they are", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/a.yaml`;
    assert.deepEqual(refusal(() => readSource(path)), [`${path}: no such file; check the path`]);
    Deno.writeTextFileSync(path, " \n");
    assert.match(refusal(() => readSource(path))[0]!, /there is nothing in this file/);
    Deno.writeFileSync(path, new Uint8Array([0xff, 0xfe, 0x00]));
    assert.deepEqual(refusal(() => readSource(path)), [
      `${path}: not UTF-8 text; save it as UTF-8`,
    ]);
    assert.deepEqual(refusal(() => readSource(folder)), [
      `${folder}: a folder; give the file in it`,
    ]);
    Deno.writeTextFileSync(path, "\ufeffa: 1\n");
    assert.equal(readSource(path).text, "a: 1\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("numeric keys are found by their text", () => {
  assert.equal(parseSource("a:\n  1: x\n", "a.yaml").locate(["a", "1"]), "a.yaml:2:6");
  assert.equal(parseSource("a:\n  1: x\n", "a.yaml").locate(["a", "1"], "key"), "a.yaml:2:3");
});
