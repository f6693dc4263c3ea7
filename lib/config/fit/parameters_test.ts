import assert from "node:assert/strict";
import { type Architecture, type ModelConfig, readArchitecture } from "./architecture.ts";
import { knownModel } from "./known_models.ts";
import { countParameters, parametersPerToken, totalParameters } from "./parameters.ts";
import counted from "./testdata/transformers-5.19.0-parameters.json" with { type: "json" };

interface Counted {
  name: string;
  config?: ModelConfig;
  parameters: number;
  vision: number;
}

for (const { name, config, parameters, vision } of counted.models as Counted[]) {
  Deno.test(`${name} has as many parameters as transformers builds`, () => {
    const shape = readArchitecture(config ?? knownModel(name)!.config, name);
    assert.equal(totalParameters(countParameters(shape)), parameters);
    assert.equal(countParameters(shape).vision, vision);
  });
}

const activeParameters = (shape: Architecture) => totalParameters(parametersPerToken(shape));
const shapeOf = (name: string): Architecture => readArchitecture(knownModel(name)!.config, name);
const near = (value: number, told: string, unit = 1e9) => {
  const digits = told.split(".")[1]?.length ?? 0;
  assert.equal((value / unit).toFixed(digits), told);
};

Deno.test("Scout's parts are those of the published arithmetic", () => {
  const shape = shapeOf("meta-llama/Llama-4-Scout-17B-16E-Instruct");
  const counts = countParameters(shape);
  near(counts.attention, "3.020");
  near(counts.routed_experts, "96.637");
  near(counts.shared_experts, "6.040");
  near(counts.embedding, "1.034");
  near(counts.output_layer, "1.034");
  near(counts.router, "3.9", 1e6);
  near(totalParameters(counts) - counts.vision, "107.77");
  near(totalParameters(counts), "108.64");
  near(activeParameters(shape), "17.17");
});

Deno.test("active parameters are those that the models' makers tell, within 2 %", () => {
  const told: [string, number][] = [
    ["Qwen/Qwen3-30B-A3B", 3.3],
    ["deepseek-ai/DeepSeek-V3", 37],
    ["meta-llama/Llama-3.1-8B-Instruct", 8.03],
  ];
  const off = (count: number, billions: number) => Math.abs(count / 1e9 / billions - 1);
  for (const [name, billions] of told) {
    assert.ok(off(activeParameters(shapeOf(name)), billions) < 0.02, name);
  }
  // The gpt-oss model card counts without the embedding of the input.
  const shape = shapeOf("openai/gpt-oss-120b");
  const counts = countParameters(shape);
  assert.ok(off(activeParameters(shape) - counts.embedding, 5.13) < 0.005);
});
