import assert from "node:assert/strict";
import { join } from "node:path";
import { classify, firstRule, MEANING } from "./failure_class.ts";
import { RULES } from "./failure_class_rules.ts";
import { type FailureCase, RECORDED } from "./testdata/recorded_failures.ts";

const logOf = (name: string) =>
  Deno.readTextFileSync(join(import.meta.dirname!, "testdata", `${name}.log`));

const vllm = (name: string) => logOf(`vllm-0.32.0-${name}`);
const sglang = (name: string) => logOf(`sglang-0.5.23-${name}`);
const llama = (name: string) => logOf(`llama-cpp-2026.10.11549-${name}`);

const REAL: readonly FailureCase[] = [
  ["vLLM, its port taken", "vllm", "exit 1", vllm("port_in_use"), "port_in_use", /Errno 98/],
  ["vLLM, an unknown flag", "vllm", "exit 2", vllm("bad_flag"), "bad_flag", /--disable-log-req/],
  [
    "vLLM, a missing model folder, of which it only says HFValidationError",
    "vllm",
    "exit 1",
    vllm("no_model"),
    "model_not_found",
    /^huggingface_hub\.errors\.HFValidationError: .*'tiny-llama'/,
  ],
  [
    "vLLM, a ValidationError for max_model_len",
    "vllm",
    "exit 1",
    vllm("context_too_long"),
    "context_too_long",
    /^Value error, User-specified max_model_len \(999999\)/,
  ],
  [
    "vLLM, no room for the KV cache, which it wraps into a dead engine core",
    "vllm",
    "exit 1",
    vllm("kv_too_small_tail"),
    "kv_too_small",
    /max seq len \(2048\)/,
  ],
  [
    "vLLM on the CPU, a KV cache larger than the memory that is free",
    "vllm",
    "exit 1",
    vllm("kv_beyond_memory_excerpt"),
    "out_of_memory",
    /18\.49\/21\.34 GiB.*requested memory for kv \(500\.0 GiB\)/,
  ],
  [
    "vLLM on the CPU, an address space of 6 GB",
    "vllm",
    "exit 1",
    vllm("allocation_failed_excerpt"),
    "out_of_memory",
    /can't allocate memory: you tried to allocate 5367398400 bytes/,
  ],
  [
    "vLLM, exit 0 after its engine core was killed",
    "vllm",
    "exit 0",
    vllm("core_killed_tail"),
    "engine_core_died",
    /EngineDeadError/,
  ],
  [
    "vLLM, exit 0 after its worker was killed",
    "vllm",
    "exit 0",
    vllm("worker_killed_tail"),
    "engine_core_died",
  ],
  [
    "SGLang, its port taken, although it says that it is fired up and ready",
    "sglang",
    "exit 137",
    sglang("port_in_use_tail"),
    "port_in_use",
    /Errno 98.*31999/,
  ],
  [
    "SGLang, a missing model folder",
    "sglang",
    "exit 1",
    sglang("no_model_tail"),
    "model_not_found",
    /Repo id must be in the form .*'models\/nowhere'/,
  ],
  [
    "SGLang, its scheduler killed",
    "sglang",
    "exit 137",
    sglang("scheduler_killed_tail"),
    "child_died",
    /crashed with exit code -9/,
  ],
  ["llama.cpp, its port taken", "llama-cpp", "exit 1", llama("port_in_use"), "port_in_use"],
  ["llama.cpp, an unknown flag", "llama-cpp", "exit 2", llama("bad_flag"), "bad_flag"],
  ["llama.cpp, a missing file", "llama-cpp", "exit 1", llama("no_model"), "model_not_found"],
  ["llama.cpp, random bytes", "llama-cpp", "exit 1", llama("not_a_gguf"), "model_damaged"],
  ["llama.cpp, half a GGUF file", "llama-cpp", "exit 1", llama("truncated"), "model_damaged"],
  [
    "llama.cpp, an architecture that it does not know",
    "llama-cpp",
    "exit 1",
    llama("unknown_architecture"),
    "unsupported_model",
    /'nonsense'/,
  ],
  [
    "llama.cpp, an address space of 1.5 GB",
    "llama-cpp",
    "exit 1",
    llama("out_of_memory"),
    "out_of_memory",
  ],
  [
    "a program that is not there, as the supervisor's shell says it",
    "vllm",
    "exit 127",
    "supervise.sh: 15: vllm: not found\n",
    "program_not_found",
  ],
  [
    "a pinned program that is not there, as taskset says it",
    "sglang",
    "exit 127",
    "taskset: failed to execute sglang: No such file or directory\n",
    "program_not_found",
  ],
  ["an end by signal 9 without a word", "llama-cpp", "exit 137", "", "killed", /^exit 137$/],
  ["a segmentation fault", "llama-cpp", "exit 139", "ok\n", "crashed", /^exit 139$/],
];

function check([, kind, exit, log, failure, seen = /./]: FailureCase): void {
  const found = classify(kind, exit, log);
  assert.equal(found?.failure, failure);
  assert.match(found.seen, seen);
  assert.notEqual(found.what_to_do, "");
}

for (const failing of REAL) Deno.test(`a real end is told: ${failing[0]}`, () => check(failing));

for (const failing of RECORDED) {
  Deno.test(`a text recorded from source is told: ${failing[0]}`, () => check(failing));
}

Deno.test("every rule is the first that some case meets, and every class has a rule", () => {
  const met = new Set(
    [...REAL, ...RECORDED].map(([, kind, exit, log]) => firstRule(kind, exit, log)?.rule),
  );
  assert.deepEqual(RULES.filter((rule) => !met.has(rule)), []);
  assert.deepEqual(new Set(RULES.map(({ failure }) => failure)), new Set(Object.keys(MEANING)));
});

Deno.test("a server that runs as it should has not failed", () => {
  assert.equal(classify("vllm", null, vllm("serving")), null);
  assert.equal(classify("sglang", null, sglang("serving_tail")), null);
  const longer = "Warning: User-specified context_length (9) is greater than the derived";
  assert.equal(classify("sglang", null, longer), null);
});

Deno.test("an end that no rule knows is not guessed at", () => {
  assert.equal(classify("vllm", "exit 0", vllm("serving")), null);
  assert.equal(
    classify("vllm", "exit 1", "TypeError: 'NoneType' object is not subscriptable"),
    null,
  );
  assert.equal(classify("tensorrt-llm", "exit 1", "TypeError: 'NoneType' object"), null);
});

Deno.test("SGLang's exit 137 alone says nothing, since it ends itself in that way", () => {
  assert.equal(classify("sglang", "exit 137", "kill_process_tree called: parent_pid=1"), null);
});

Deno.test("a kill that we did is no failure", () => {
  assert.equal(classify("vllm", "killed after 10 s", ""), null);
  assert.equal(classify("vllm", null, ""), null);
});

Deno.test("a rule holds for its engines only", () => {
  assert.equal(classify("llama-cpp", "exit 1", vllm("port_in_use")), null);
});

Deno.test("colours and progress bars do not hide a line", () => {
  const log =
    "Loading: 10%\rLoading: 90%\r\x1b[31mOSError: [Errno 98] Address already in use\x1b[0m";
  assert.deepEqual(classify("vllm", "exit 1", log), {
    failure: "port_in_use",
    seen: "OSError: [Errno 98] Address already in use",
    what_to_do: "stop what holds it or set another `port` for this entry",
  });
});
