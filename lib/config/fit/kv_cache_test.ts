import assert from "node:assert/strict";
import { type ModelConfig, readArchitecture } from "./architecture.ts";
import { knownModel } from "./known_models.ts";
import { kvBytesOfRequest, kvBytesPerToken, type KvType } from "./kv_cache.ts";

const shapeOf = (name: string) => readArchitecture(knownModel(name)!.config, name);
const SCOUT = shapeOf("meta-llama/Llama-4-Scout-17B-16E-Instruct");

Deno.test("KV bytes of a token are those that are told of each kind of attention", () => {
  const told: [string, KvType, number][] = [
    ["meta-llama/Llama-4-Scout-17B-16E-Instruct", "bf16", 196_608],
    ["meta-llama/Llama-4-Scout-17B-16E-Instruct", "fp8", 98_304],
    ["meta-llama/Llama-3.1-8B-Instruct", "bf16", 131_072],
    ["Qwen/Qwen3-30B-A3B", "bf16", 98_304],
    // 36 layers × (8 KV heads × 64 × 2) × 2 B.
    ["openai/gpt-oss-120b", "bf16", 73_728],
    // 61 layers × (512 + 64) × 2 B: the figure of 70 KB a token of the DeepSeek-V3 hardware paper.
    ["deepseek-ai/DeepSeek-V3", "bf16", 70_272],
    ["deepseek-ai/DeepSeek-V2-Lite", "bf16", 31_104],
    ["google/gemma-2-9b-it", "bf16", 344_064],
    ["SmolLM2-135M-Instruct", "bf16", 23_040],
  ];
  for (const [name, type, bytes] of told) {
    assert.equal(kvBytesPerToken(shapeOf(name), type), bytes, name);
  }
});

Deno.test("chunked layers of Scout keep 8192 tokens, the 12 others all of them", () => {
  const grows = (from: number, to: number) =>
    (kvBytesOfRequest(SCOUT, to) - kvBytesOfRequest(SCOUT, from)) / (to - from);
  assert.equal(grows(0, 8192), 49_152 + 147_456);
  assert.equal(grows(8192, 131_072), 49_152);
});

Deno.test("sliding layers keep their window, as each family spreads them", () => {
  const spans = (name: string) => shapeOf(name).spans;
  assert.deepEqual(spans("google/gemma-2-9b-it"), [
    { layers: 21, window_tokens: null },
    { layers: 21, window_tokens: 4096 },
  ]);
  assert.deepEqual(spans("google/gemma-3-1b-it"), [
    { layers: 4, window_tokens: null },
    { layers: 22, window_tokens: 512 },
  ]);
  assert.deepEqual(spans("openai/gpt-oss-120b"), [
    { layers: 18, window_tokens: null },
    { layers: 18, window_tokens: 128 },
  ]);
  assert.deepEqual(spans("Qwen/Qwen3-30B-A3B"), [{ layers: 48, window_tokens: null }]);
  // By hand: 2 × 1 KV head × 256 × 2 B = 1024 B a layer.
  const gemma = shapeOf("google/gemma-3-1b-it");
  assert.equal(kvBytesOfRequest(gemma, 10_000), 1024 * (4 * 10_000 + 22 * 512));
  const read = kvBytesOfRequest(gemma, 10_000, "bf16", 2048);
  assert.equal(read, 1024 * (4 * 10_000 + 22 * (512 + 2048)));
});

Deno.test("a config's own list of layers goes before the family's rule", () => {
  const config: ModelConfig = {
    ...knownModel("google/gemma-2-9b-it")!.config,
    layer_types: Array.from(
      { length: 42 },
      (_, i) => i < 2 ? "full_attention" : "sliding_attention",
    ),
  };
  assert.deepEqual(readArchitecture(config, "x").spans, [
    { layers: 2, window_tokens: null },
    { layers: 40, window_tokens: 4096 },
  ]);
});

Deno.test("vLLM 0.32.0 put as many tokens into 1 GiB as a tiny Llama's KV heads say", () => {
  const tiny = {
    model_type: "llama",
    hidden_size: 128,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 256,
    vocab_size: 2048,
    max_position_embeddings: 4096,
  };
  // Its log: "CPU KV cache size: 2,097,152 tokens, Maximum concurrency for 2,048 tokens per request: 1024.00x".
  const shape = readArchitecture(tiny, "x");
  assert.equal(2 ** 30 / kvBytesPerToken(shape), 2_097_152);
  assert.equal(2 ** 30 / kvBytesOfRequest(shape, 2048), 1024);
});
