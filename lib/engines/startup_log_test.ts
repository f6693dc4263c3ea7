import assert from "node:assert/strict";
import { join } from "node:path";
import type { EngineKind } from "@/config/schema.ts";
import type { StartupPhase, ToldAtStart } from "@/records/startup_record.ts";
import { StartupLog } from "./startup_log.ts";

/** A start whose lines come one a second, from testdata or as text. */
function follow(kind: EngineKind, lines: string[]): StartupLog {
  const startup = new StartupLog(kind);
  lines.forEach((line, i) => startup.see([line], i + 1));
  return startup;
}

const captured = (name: string) =>
  Deno.readTextFileSync(join(import.meta.dirname!, "testdata", name)).split("\n");

const phasesOf = (startup: StartupLog) => startup.phases(1000).map(({ phase }) => phase);
const NOTHING: ToldAtStart = {
  kv_cache_tokens: null,
  kv_cache_bytes: null,
  weights_bytes: null,
  graphs_bytes: null,
  max_concurrency: null,
};

const RECORDED: [string, EngineKind, StartupPhase[], Partial<ToldAtStart>][] = [
  [
    "vllm-0.32.0-start_eager.log",
    "vllm",
    ["importing", "loading_weights", "allocating_kv", "warming_up"],
    { kv_cache_tokens: 2_097_152, kv_cache_bytes: 2 ** 30, max_concurrency: 1024 },
  ],
  [
    "vllm-0.32.0-start_compiled.log",
    "vllm",
    ["importing", "loading_weights", "compiling", "allocating_kv", "warming_up"],
    { kv_cache_tokens: 2816, kv_cache_bytes: 0.06 * 2 ** 30, max_concurrency: 2.75 },
  ],
  [
    "sglang-0.5.23-start_cpu.log",
    "sglang",
    ["importing", "loading_weights", "allocating_kv", "warming_up"],
    { kv_cache_tokens: 4096, weights_bytes: 0, max_concurrency: 4 },
  ],
  [
    "llama-cpp-2026.10.11549-start.log",
    "llama-cpp",
    ["importing", "loading_weights", "allocating_kv", "warming_up"],
    { kv_cache_tokens: 2048, max_concurrency: 2 },
  ],
];

Deno.test("the phases and numbers of recorded starts are those of their logs", () => {
  for (const [name, kind, phases, told] of RECORDED) {
    const startup = follow(kind, captured(name));
    assert.deepEqual(phasesOf(startup), phases, name);
    assert.deepEqual(startup.told(), { ...NOTHING, ...told }, name);
  }
});

Deno.test("phases follow each other without a gap, from the launch to the end", () => {
  for (const [name, kind] of RECORDED) {
    const phases = follow(kind, captured(name)).phases(1000);
    assert.equal(phases[0]!.start_s, 0);
    assert.equal(phases.at(-1)!.end_s, 1000);
    phases.slice(1).forEach(({ start_s }, i) => assert.equal(start_s, phases[i]!.end_s));
    const total = phases.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
    assert.ok(Math.abs(total - 1000) < 1e-9);
  }
});

Deno.test("a start that loads for long is in that phase since the line that began it", () => {
  const lines = captured("vllm-0.32.0-start_compiled.log");
  const begun = lines.findIndex((line) => line.includes("Starting to load model"));
  const startup = follow("vllm", lines.slice(0, begun + 3));
  assert.deepEqual(startup.current, { phase: "loading_weights", start_s: begun + 1 });
});

// Message texts of vLLM 0.33.0; no GPU start has been recorded by this project.
const VLLM_ON_TWO_GPUS = [
  "(Worker_TP0 pid=1) INFO [gpu_model_runner.py:5040] Starting to load model m...",
  "(Worker_TP1 pid=2) INFO [gpu_model_runner.py:5040] Starting to load model m...",
  "(Worker_TP0 pid=1) INFO [gpu_model_runner.py:5089] Model loading took 7.51 GiB memory and 5.123456 seconds",
  "(Worker_TP0 pid=1) INFO [backends.py:1105] Using cache directory: /c for vLLM's torch.compile",
  "(Worker_TP1 pid=2) INFO [gpu_model_runner.py:5089] Model loading took 9.99 GiB memory and 6.123456 seconds",
  "(Worker_TP0 pid=1) INFO [monitor.py:91] Initial profiling/warmup run took 0.71 s",
  "(Worker_TP0 pid=1) INFO [gpu_worker.py:773] Available KV cache memory: 60.5 GiB",
  "(EngineCore pid=3) INFO [kv_cache_utils.py:1147] GPU KV cache size: 1,234,567 tokens, Maximum concurrency for 8,192 tokens per request: 150.70x",
  "(Worker_TP0 pid=1) Capturing CUDA graphs (decode, FULL):   0%|          | 0/35",
  "(Worker_TP0 pid=1) INFO [gpu_model_runner.py:6517] Graph capturing finished in 12 secs, took 0.50 GiB",
  "(EngineCore pid=3) INFO [core.py:402] init engine (profile, create kv cache, warmup model) took 30.1 s",
];

Deno.test("of several GPUs the first speaks, and vLLM's GPU wording is known", () => {
  const startup = follow("vllm", VLLM_ON_TWO_GPUS);
  assert.deepEqual(startup.phases(12).map(({ phase, start_s }) => [phase, start_s]), [
    ["importing", 0],
    ["loading_weights", 1],
    ["allocating_kv", 3],
    ["compiling", 4],
    ["allocating_kv", 6],
    ["capturing_graphs", 9],
    ["warming_up", 10],
  ]);
  assert.deepEqual(startup.told(), {
    kv_cache_tokens: 1_234_567,
    kv_cache_bytes: 60.5 * 2 ** 30,
    weights_bytes: 7.51 * 2 ** 30,
    graphs_bytes: 0.5 * 2 ** 30,
    max_concurrency: 150.7,
  });
});

Deno.test("SGLang's graphs of both sorts are added up", () => {
  const startup = follow("sglang", [
    "[2026-11-24 20:53:19 TP0] Load weight begin. avail mem=78.31 GB",
    "[2026-11-24 20:53:39 TP0] Load weight end. elapsed=20 s, type=X, avail mem=18 GB, mem usage=60.25 GB.",
    "[2026-11-24 20:53:40 TP0] Capture target decode CUDA graph begin. avail mem=5 GB",
    "[2026-11-24 20:53:44 TP0] Capture target decode CUDA graph end. elapsed=4 s. mem usage=0.75 GB, avail mem=4 GB",
    "[2026-11-24 20:53:44 TP1] Capture target decode CUDA graph end. elapsed=4 s. mem usage=9.75 GB, avail mem=4 GB",
    "[2026-11-24 20:53:45 TP0] Capture target prefill CUDA graph begin. avail mem=4 GB",
    "[2026-11-24 20:53:46 TP0] Capture target prefill CUDA graph end. elapsed=1 s. mem usage=0.25 GB, avail mem=4 GB",
    "[2026-11-24 20:53:47 TP0] max_total_num_tokens=400000, max_running_requests=256, context_len=8192",
  ]);
  assert.deepEqual(phasesOf(startup), [
    "importing",
    "loading_weights",
    "allocating_kv",
    "capturing_graphs",
    "warming_up",
  ]);
  assert.equal(startup.told().graphs_bytes, 2 ** 30);
  assert.equal(startup.told().weights_bytes, 60.25 * 2 ** 30);
});

// After a published log of TensorRT-LLM 1.1.0rc3.
Deno.test("TensorRT-LLM captures twice, and its second cache is the one that counts", () => {
  const startup = follow("tensorrt-llm", [
    "[TRT-LLM] [I] Use 63.32 GB for model weights.",
    "Model init total -- 49.14s",
    "[TensorRT-LLM][INFO] [MemUsageChange] Allocated 0.56 GiB for max tokens in paged KV cache (8224).",
    "[TRT-LLM] [I] Creating CUDA graph instances for 11 batch sizes.",
    "[TRT-LLM] [I] Peak memory during memory usage profiling (torch + non-torch): 113.65 GiB, available",
    "[TensorRT-LLM][INFO] [MemUsageChange] Allocated 5.95 GiB for max tokens in paged KV cache (86720).",
    "[TRT-LLM] [I] max_seq_len=86720, max_num_requests=64, max_num_tokens=8192, max_batch_size=64",
    "[TRT-LLM] [I] Creating CUDA graph instances for 11 batch sizes.",
    "INFO:     Started server process [41]",
  ]);
  assert.deepEqual(startup.phases(9).map(({ phase, start_s }) => [phase, start_s]), [
    ["importing", 0],
    ["loading_weights", 1],
    ["allocating_kv", 2],
    ["capturing_graphs", 4],
    ["allocating_kv", 5],
    ["capturing_graphs", 8],
    ["warming_up", 9],
  ]);
  assert.deepEqual(startup.told(), {
    ...NOTHING,
    kv_cache_tokens: 86720,
    kv_cache_bytes: 5.95 * 2 ** 30,
    weights_bytes: 63.32 * 2 ** 30,
    max_concurrency: 64,
  });
});

Deno.test("a simulated start has no phases of an engine and tells no number", () => {
  const startup = follow("simulated", ["simulated vllm server, model x, listening on http://h:1"]);
  assert.deepEqual(phasesOf(startup), ["importing", "warming_up"]);
  assert.deepEqual(startup.told(), NOTHING);
});
