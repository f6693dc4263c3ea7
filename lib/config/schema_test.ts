import assert from "node:assert/strict";
import { type Config, configSchema } from "./schema.ts";

const ENGINES = { a: { kind: "vllm" } };

function accepts(value: unknown): boolean {
  return configSchema.safeParse(value).success;
}

function entry(settings: Record<string, unknown>): Config["engines"][string] {
  return configSchema.parse({ engines: { a: settings } }).engines.a!;
}

Deno.test("one entry is a whole study", () => {
  const { benchmark, model, workloads, hardware } = configSchema.parse({ engines: ENGINES });
  assert.deepEqual(benchmark, {
    concurrency_levels: [1, 10, 50, 100],
    requests_per_level: "auto",
    warmup_requests: "auto",
    workers: "auto",
    max_tokens: 256,
    output_length: "fixed",
    temperature: 0,
    telemetry_interval_s: 1,
    canary: true,
    blocks: 3,
    warm_block: "auto",
    repeat_spoilt: true,
    margins: { throughput_percent: 5, tpot_percent: 5, ttft_percent: 10 },
    seed: 1,
    start_timeout_s: 1800,
    request_timeout_s: 600,
    run_timeout_s: 86400,
  });
  assert.deepEqual(model, { name: "SmolLM2-135M-Instruct" });
  assert.deepEqual(workloads, { prompts: {} });
  assert.deepEqual(hardware, {
    allow_other_tenants: false,
    gpu_empty: { idle_mib: 1024, tolerance_mib: 512, wait_s: 60 },
  });
});

Deno.test("our own servers ignore the end of text, an external one only when asked", () => {
  const external = { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "m" };
  assert.equal(entry({ kind: "vllm" }).ignore_eos, true);
  assert.equal(entry({ kind: "simulated", wire: "sglang" }).ignore_eos, true);
  assert.equal(entry(external).ignore_eos, false);
  assert.equal(entry({ ...external, ignore_eos: true }).ignore_eos, true);
});

Deno.test("vLLM runs on cuda unless the CPU is asked for, where it takes a number of threads", () => {
  assert.partialDeepStrictEqual(entry({ kind: "vllm" }), { device: "cuda" });
  assert(accepts({ engines: { a: { kind: "vllm", device: "cpu", threads: 2 } } }));
  assert(!accepts({ engines: { a: { kind: "vllm", device: "tpu" } } }));
  assert(!accepts({ engines: { a: { kind: "vllm", threads: 2 } } }));
});

Deno.test("no level takes a key that it does not know", () => {
  assert(!accepts({ engines: ENGINES, extra: 1 }));
  for (const room of ["model", "benchmark", "hardware"]) {
    assert(!accepts({ engines: ENGINES, [room]: { name: "m", extra: 1 } }), room);
  }
  assert(!accepts({ engines: { a: { kind: "vllm", slots: 1 } } }));
  assert(!accepts({ engines: ENGINES, workloads: { w: { extra: 1 } } }));
});

Deno.test("numbers are held to their bounds and not one step further", () => {
  const bounds: [key: string, good: unknown[], bad: unknown[]][] = [
    ["concurrency_levels", [[1]], [[], [0], [1.5], 1]],
    ["requests_per_level", [1, "auto"], [0, 1.5, "all"]],
    ["warmup_requests", [0, "auto"], [-1, 0.5]],
    ["max_tokens", [1], [0]],
    ["temperature", [0, 2], [-0.1, 2.1]],
    ["blocks", [1], [0]],
    ["seed", [0, 2 ** 32 - 1], [-1, 2 ** 32]],
    ["start_timeout_s", [0.1], [0]],
    ["output_length", ["fixed", "varied"], ["random"]],
  ];
  for (const [key, good, bad] of bounds) {
    const withValue = (value: unknown) =>
      accepts({ engines: ENGINES, benchmark: { [key]: value } });
    for (const value of good) assert(withValue(value), `${key}: ${value} is refused`);
    for (const value of bad) assert(!withValue(value), `${key}: ${value} is accepted`);
  }
});

Deno.test("core lists are numbers, commas and ranges", () => {
  const withCores = (server_cores: string) =>
    accepts({ engines: ENGINES, hardware: { server_cores } });
  for (const good of ["0", "2-7", "0,2-4,9"]) assert(withCores(good), good);
  for (const bad of ["", "a", "1-", ",1", "1;2", "$(id)"]) assert(!withCores(bad), bad);
});

Deno.test("names become paths and so hold nothing that a path would mind", () => {
  const named = (name: string) => accepts({ engines: { [name]: { kind: "vllm" } } });
  for (const good of ["vllm", "vllm-fp8_kv.2", "8bit"]) assert(named(good), good);
  for (const bad of ["", "..", "a/b", "a b", "-a", ".a"]) assert(!named(bad), bad);
  assert(!accepts({ engines: ENGINES, workloads: { "../x": {} } }));
});

Deno.test("an external server is an http URL, a model and at most the name of a key", () => {
  const external = (changed: Record<string, unknown>) =>
    accepts({
      engines: { a: { kind: "external", base_url: "https://h/v1", model: "m", ...changed } },
    });
  assert(external({ api_key_env: "OPENAI_API_KEY" }));
  assert(!external({ api_key_env: "sk-12345" }));
  assert(!external({ base_url: "127.0.0.1:8000" }));
  assert(!external({ base_url: "ftp://h/v1" }));
  assert(!external({ model: "" }));
});

Deno.test("an external entry may name replicas, and a ca_file where one of them speaks https", () => {
  const external = (changed: Record<string, unknown>) =>
    accepts({ engines: { a: { kind: "external", model: "m", ...changed } } });
  const [plain, secure] = ["http://h/v1", "https://h/v1"];
  assert(external({ base_url: [plain, secure] }));
  for (const base_url of [[], undefined, null, 3, {}, [plain, "h"], [plain, 3]]) {
    assert(!external({ base_url }), JSON.stringify(base_url));
  }
  assert(!external({}));
  assert(external({ base_url: [plain, secure], ca_file: "ca.pem" }));
  assert(!external({ base_url: plain, ca_file: "ca.pem" }));
  assert(!external({ base_url: secure, ca_file: "" }));
});

Deno.test("a study without an entry is refused", () => {
  assert(!accepts({ engines: {} }));
  assert(!accepts({}));
});

Deno.test("an entry sets environment variables, numbers as text", () => {
  const env = { VLLM_CPU_KVCACHE_SPACE: 4, TOKENIZERS_PARALLELISM: "false" };
  assert.partialDeepStrictEqual(entry({ kind: "vllm", env }), {
    env: { VLLM_CPU_KVCACHE_SPACE: "4", TOKENIZERS_PARALLELISM: "false" },
  });
  assert(!accepts({ engines: { a: { kind: "vllm", env: { "A-B": "1" } } } }));
  assert(!accepts({ engines: { a: { kind: "vllm", env: { A: true } } } }));
});
