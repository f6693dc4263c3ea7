import assert from "node:assert/strict";
import { readArchitecture } from "./architecture.ts";
import { knownModel } from "./known_models.ts";

const LLAMA = knownModel("meta-llama/Llama-3.1-8B-Instruct")!.config;

Deno.test("an unknown family is told with those that are known", () => {
  assert.throws(
    () => readArchitecture({ ...LLAMA, model_type: "mamba" }, "m/config.json"),
    /m\/config\.json: model_type "mamba" is not known here.*; known: llama, mistral/,
  );
});

Deno.test("a missing number, or what is none, is told with its file and key", () => {
  const { hidden_size: _, ...without } = LLAMA;
  assert.throws(() => readArchitecture(without, "c.json"), /c\.json: hidden_size is missing/);
  assert.throws(
    () => readArchitecture({ ...LLAMA, vocab_size: "many" }, "c.json"),
    /c\.json: vocab_size: expected a number above 0, got "many"/,
  );
});

Deno.test("head size and KV heads are derived where the config leaves them out", () => {
  const { num_key_value_heads: _, ...without } = LLAMA;
  assert.deepEqual(readArchitecture(without, "x").attention, {
    kind: "grouped",
    heads: 32,
    kv_heads: 32,
    head_dim: 128,
  });
});
