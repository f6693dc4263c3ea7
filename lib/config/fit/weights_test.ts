import assert from "node:assert/strict";
import { type ModelConfig, readArchitecture } from "./architecture.ts";
import { knownModel } from "./known_models.ts";
import {
  bytesReadPerToken,
  type Quantization,
  weightBytes,
  type WeightOptions,
} from "./weights.ts";

const GIB = 2 ** 30;
const SCOUT = "meta-llama/Llama-4-Scout-17B-16E-Instruct";
const shapeOf = (name: string) => readArchitecture(knownModel(name)!.config, name);

/** Each as GB and GiB with one digit. */
function assertWeights(
  name: string,
  quantization: Quantization,
  told: { GB?: string; GiB?: string },
  options: WeightOptions = {},
) {
  const bytes = weightBytes(shapeOf(name), quantization, options);
  if (told.GB) assert.equal((bytes / 1e9).toFixed(told.GB.split(".")[1]!.length), told.GB);
  if (told.GiB) assert.equal((bytes / GIB).toFixed(1), told.GiB);
}

Deno.test("Scout's weights are those of the published arithmetic in every quantisation", () => {
  assertWeights(SCOUT, "bf16", { GB: "217.3", GiB: "202.4" }, {});
  assertWeights(SCOUT, "fp8", { GB: "111.6", GiB: "103.9" });
  assertWeights(SCOUT, "fp8", { GB: "114.6", GiB: "106.7" }, { attentionKept: true });
  assertWeights(SCOUT, "w4a16", { GB: "64.9", GiB: "60.4" });
  assertWeights(SCOUT, "w4a16", { GB: "63.1" }, { vision: false });
  assertWeights(SCOUT, "nvfp4", { GB: "69.7", GiB: "64.9" });
  assertWeights(SCOUT, "nvfp4", { GB: "65.3", GiB: "60.9" }, { attentionKept: false });
});

Deno.test("weights of other models are those of their checkpoints", () => {
  assertWeights("meta-llama/Llama-3.1-8B-Instruct", "bf16", { GB: "16.06" });
  assertWeights("Qwen/Qwen3-30B-A3B", "bf16", { GB: "61.1" });
  assertWeights("Qwen/Qwen3-30B-A3B", "fp8", { GB: "31.2" });
  // gpt-oss model card: a checkpoint of 60.8 GiB.
  assertWeights("openai/gpt-oss-120b", "mxfp4", { GiB: "60.8" });
  assertWeights("SmolLM2-135M-Instruct", "bf16", { GB: "0.269" });
});

Deno.test("a whole step for one user reads at least the active weights", () => {
  const GB = (name: string, quantization: Quantization) =>
    (bytesReadPerToken(shapeOf(name), quantization) / 1e9).toFixed(1);
  assert.equal(GB(SCOUT, "w4a16"), "14.3");
  assert.equal(GB(SCOUT, "fp8"), "17.2");
  assert.equal(GB("meta-llama/Llama-3.1-8B-Instruct", "bf16"), "15.0");
});

Deno.test("a shared embedding is read once, as the output layer", () => {
  const config = knownModel("SmolLM2-135M-Instruct")!.config;
  const untied: ModelConfig = { ...config, tie_word_embeddings: false };
  const [tied, apart] = [config, untied].map((each) => readArchitecture(each, "x"));
  assert.equal(bytesReadPerToken(tied!, "bf16"), bytesReadPerToken(apart!, "bf16"));
  assert.equal(
    weightBytes(apart!, "bf16") - weightBytes(tied!, "bf16"),
    49152 * 576 * 2,
  );
});
