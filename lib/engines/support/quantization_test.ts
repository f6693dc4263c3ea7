import assert from "node:assert/strict";
import { ownQuantization, quantizationInName, quantizationOf } from "./quantization.ts";

const group = (weights: object) => ({ group_0: { targets: ["Linear"], weights } });
const own = (quantization_config: object) => ownQuantization({ quantization_config });

Deno.test("a model's own config says what its weights are in and what of attention was left", () => {
  const ignore = ["lm_head", "re:.*self_attn", "re:.*router"];
  const int4 = { num_bits: 4, type: "int", group_size: 128 };
  assert.deepEqual(
    own({ quant_method: "compressed-tensors", config_groups: group(int4), ignore }),
    { quantization: "w4a16", by: "its quantization_config", attentionKept: true },
  );
  const kinds: [object, string][] = [
    [
      { quant_method: "compressed-tensors", config_groups: group({ num_bits: 8, type: "float" }) },
      "fp8",
    ],
    [{
      quant_method: "compressed-tensors",
      config_groups: group({ num_bits: 4, type: "float", group_size: 16 }),
    }, "nvfp4"],
    [{ quant_method: "fp8", weight_block_size: [128, 128] }, "fp8"],
    [{ quant_method: "mxfp4" }, "mxfp4"],
    [{ quant_method: "awq", bits: 4 }, "w4a16"],
    [{ quant_method: "modelopt", quant_algo: "NVFP4" }, "nvfp4"],
  ];
  for (const [config, quantization] of kinds) {
    const found = own(config)!;
    assert.deepEqual([found.quantization, found.attentionKept], [quantization, false]);
  }
  assert.equal(ownQuantization({}), null);
  assert.throws(
    () => own({ quant_method: "bitnet" }),
    /\(bitnet\) is of a kind .* model\.quantization/,
  );
});

Deno.test("a name says it where the config does not, else the weights are 16 bits wide", () => {
  assert.equal(
    quantizationInName("RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16"),
    "w4a16",
  );
  assert.equal(quantizationInName("nvidia/Llama-4-Scout-17B-16E-Instruct-NVFP4"), "nvfp4");
  assert.equal(quantizationInName("Qwen/Qwen3-30B-A3B-FP8"), "fp8");
  assert.equal(quantizationInName("Qwen/Qwen3-30B-A3B"), null);
  assert.equal(quantizationOf({ name: "Qwen/Qwen3-30B-A3B" }, {}).quantization, "bf16");
  assert.equal(quantizationOf({ name: "x-FP8" }, {}).by, "its name");
});

Deno.test("the study's word counts, unless the weights' own config contradicts it", () => {
  const name = "some/model";
  assert.equal(quantizationOf({ name, quantization: "fp8" }, {}).by, "model.quantization");
  const config = { quantization_config: { quant_method: "mxfp4" } };
  assert.throws(
    () => quantizationOf({ name, quantization: "fp8" }, config),
    /model\.quantization is fp8, but its quantization_config says mxfp4; leave it out/,
  );
  const unknown = { quantization_config: { quant_method: "bitnet" } };
  assert.equal(quantizationOf({ name, quantization: "fp8" }, unknown).quantization, "fp8");
});
