import assert from "node:assert/strict";
import { readArchitecture } from "./architecture.ts";
import { alternatives, fitOf, type FitQuestion, requestsAtOnce } from "./fit.ts";
import { gpuNamed } from "./gpus.ts";
import { knownModel } from "./known_models.ts";

const shapeOf = (name: string) => readArchitecture(knownModel(name)!.config, name);
const H100 = gpuNamed("NVIDIA H100 80GB HBM3")!;
const H200 = gpuNamed("NVIDIA H200")!;

const SCOUT: FitQuestion = {
  shape: shapeOf("meta-llama/Llama-4-Scout-17B-16E-Instruct"),
  quantization: "w4a16",
  engine: "vllm",
  gpu: H100,
  gpus: 1,
  kv_type: "bf16",
  context_tokens: 4096,
};
const thousands = (tokens: number) => Math.round(tokens / 1000);

Deno.test("Scout on one H100 leaves what the published arithmetic says, in each quantisation", () => {
  assert.equal((H100.memory_mib / 1024).toFixed(2), "79.65");
  const w4a16 = fitOf(SCOUT);
  // The published 12.9 GiB are before 3 GiB of overhead.
  assert.equal((w4a16.pool_gib + 3).toFixed(1), "12.9");
  assert.equal(thousands(w4a16.pool_tokens), 54);
  assert.equal(thousands(fitOf({ ...SCOUT, fraction: 0.9 }).pool_tokens), 45);
  const nvfp4 = fitOf({ ...SCOUT, quantization: "nvfp4" });
  assert.equal((nvfp4.pool_gib + 3).toFixed(1), "8.4");
  assert.equal(thousands(nvfp4.pool_tokens), 29);
  assert.deepEqual([w4a16.verdict, nvfp4.verdict], ["fits", "fits"]);
  for (const quantization of ["bf16", "fp8"] as const) {
    const { verdict, pool_gib, pool_tokens } = fitOf({ ...SCOUT, quantization });
    assert.deepEqual({ verdict, pool_tokens }, { verdict: "too big", pool_tokens: 0 });
    assert.ok(pool_gib < 0);
  }
});

Deno.test("Scout in FP8 fits one H200", () => {
  const fp8 = fitOf({ ...SCOUT, quantization: "fp8", gpu: H200, kv_type: "fp8" });
  assert.equal(Math.round(fp8.pool_gib + 3), 25);
  // The published figure is rounded to 240 thousand.
  assert.equal(Math.round(fp8.pool_tokens / 1e4), 24);
});

Deno.test("no decode step of one user is faster than the memory", () => {
  assert.equal(fitOf(SCOUT).tpot_floor_ms!.toFixed(1), "4.3");
  const fp8 = { ...SCOUT, quantization: "fp8" as const, gpu: H200 };
  assert.equal(fitOf(fp8).tpot_floor_ms!.toFixed(1), "3.6");
  const llama = shapeOf("meta-llama/Llama-3.1-8B-Instruct");
  const floor = fitOf({ ...SCOUT, shape: llama, quantization: "bf16" }).tpot_floor_ms!;
  assert.equal(floor.toFixed(1), "4.5");
});

Deno.test("100 users of 1k in and 256 out are more than Scout's pool holds on one H100", () => {
  const text = { ...SCOUT, vision: false };
  const fit = fitOf(text);
  assert.equal(thousands(fit.pool_tokens), 63);
  assert.equal(requestsAtOnce(text, fit, 4096), 15);
  assert.equal(requestsAtOnce(text, fit, 1024 + 256), 48);
  assert.ok(100 * (1024 + 256) > fit.pool_tokens);
});

Deno.test("a model with short windows holds more requests than its tokens say", () => {
  const question = { ...SCOUT, shape: shapeOf("google/gemma-3-1b-it"), context_tokens: 32768 };
  const fit = fitOf({ ...question, quantization: "bf16" });
  const flat = Math.floor(fit.pool_tokens / 32768);
  // 26 layers × 32768 against 4 × 32768 + 22 × (512 + 8192 of one step).
  const gain = 26 * 32768 / (4 * 32768 + 22 * (512 + 8192));
  const requests = requestsAtOnce(question, fit, 32768);
  assert.ok(Math.abs(requests / flat / gain - 1) < 0.05, `${requests} and ${flat}`);
});

Deno.test("two cards halve weights and KV of grouped heads, a compressed KV stays whole", () => {
  const one = fitOf(SCOUT);
  const two = fitOf({ ...SCOUT, gpus: 2 });
  assert.equal(two.weights_gib * 2, one.weights_gib);
  assert.equal(two.kv_bytes_per_token * 2, one.kv_bytes_per_token);
  const deepseek = { ...SCOUT, shape: shapeOf("deepseek-ai/DeepSeek-V2-Lite") };
  assert.equal(
    fitOf({ ...deepseek, gpus: 2 }).kv_bytes_per_token,
    fitOf(deepseek).kv_bytes_per_token,
  );
  // More cards than KV heads repeat them.
  assert.equal(fitOf({ ...SCOUT, gpus: 16 }).kv_bytes_per_token, 196_608 / 8);
});

Deno.test("each engine's own share of the memory decides what is left", () => {
  const left = (engine: FitQuestion["engine"]) => fitOf({ ...SCOUT, engine }).pool_gib;
  const [memory, weights] = [H100.memory_mib / 1024, fitOf(SCOUT).weights_gib];
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} and ${b}`);
  close(left("vllm"), memory * 0.92 - weights - 3);
  close(left("sglang"), memory - 10 - weights);
  close(left("tensorrt-llm"), (memory - weights - 3) * 0.9);
});

Deno.test("what does fit is named: other precisions, more cards, bigger cards", () => {
  const bf16: FitQuestion = { ...SCOUT, quantization: "bf16" };
  const found = alternatives(bf16, ["bf16", "fp8", "w4a16"], [H200], () => true);
  const told = found.map(({ quantization, gpu, gpus }) => `${quantization} ${gpus} ${gpu.name}`);
  assert.deepEqual(told, [
    "w4a16 1 NVIDIA H100 80GB HBM3",
    "bf16 4 NVIDIA H100 80GB HBM3",
    "fp8 1 NVIDIA H200",
    "w4a16 1 NVIDIA H200",
  ]);
  assert.deepEqual(alternatives(bf16, ["fp8", "w4a16"], [], (each) => each === "fp8"), []);
});

Deno.test("cards are told by their names, and an unknown one is none", () => {
  assert.equal(gpuNamed("NVIDIA H100 NVL")!.memory_mib, 95830);
  assert.equal(gpuNamed("H200")!.sm, 90);
  assert.equal(gpuNamed("NVIDIA A100-SXM4-40GB")!.memory_mib, 40960);
  for (const other of ["NVIDIA GeForce GTX 1080", "NVIDIA GB200"]) {
    assert.equal(gpuNamed(other), null);
  }
});

Deno.test("what fits only without room for activations is tight, as far as that room goes", () => {
  const verdict = (fraction: number) => fitOf({ ...SCOUT, fraction }).verdict;
  const [memory, weights] = [H100.memory_mib / 1024, fitOf(SCOUT).weights_gib];
  // One context of 4,096 tokens takes 0.75 GiB.
  const least = (weights + 0.75) / memory;
  assert.equal(verdict(least + 3.01 / memory), "fits");
  assert.equal(verdict(least + 2.99 / memory), "tight");
  assert.equal(verdict(least + 0.01 / memory), "tight");
  assert.equal(verdict(least - 0.01 / memory), "too big");
  const sglang = fitOf({ ...SCOUT, engine: "sglang", fraction: least - 0.01 / memory });
  assert.equal(sglang.verdict, "too big");
});
