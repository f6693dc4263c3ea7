import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { llamaCpp, llamaCppPython, SMOLLM2, smolLm2Path } from "./llama_cpp.ts";

function study(name: string = SMOLLM2.name, settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    model: { name },
    engines: { a: { kind: "llama-cpp", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"llama-cpp"> };
}

Deno.test("llama.cpp serves the bundled model from the engine cache, with the entry's settings", () => {
  const settings = { slots: 8, context_tokens: 1024, threads: 2, extra_args: ["--more"] };
  const { config, entry } = study(SMOLLM2.name, settings);
  const [python, server, ...args] = llamaCpp.command(entry, config, 8004)!.argv;
  assert.equal(python, llamaCppPython());
  assert(Deno.statSync(server!).isFile);
  assert.deepEqual(args, [
    "--model",
    smolLm2Path(),
    "--alias",
    "SmolLM2-135M-Instruct",
    "--port",
    "8004",
    "--slots",
    "8",
    "--context-tokens",
    "1024",
    "--threads",
    "2",
    "--more",
  ]);
});

Deno.test("a GGUF file is served under its name without folder and ending", () => {
  const { config, entry } = study("models/deep/Qwen3-0.6B.Q8_0.gguf");
  const { argv } = llamaCpp.command(entry, config, 1)!;
  assert.equal(argv[argv.indexOf("--model") + 1], "models/deep/Qwen3-0.6B.Q8_0.gguf");
  assert.equal(argv[argv.indexOf("--alias") + 1], "Qwen3-0.6B.Q8_0");
  assert.equal(llamaCpp.model(entry, config), "Qwen3-0.6B.Q8_0");
});

Deno.test("a model that llama.cpp cannot find is refused with what it could serve", () => {
  const { config, entry } = study("meta-llama/Llama-4-Scout-17B-16E-Instruct");
  assert.throws(() => llamaCpp.command(entry, config, 1), {
    message: 'llama-cpp cannot serve model.name "meta-llama/Llama-4-Scout-17B-16E-Instruct"; ' +
      "give SmolLM2-135M-Instruct or the path of a .gguf file",
  });
});

Deno.test("llama.cpp keeps no prompt from one request to the next", () => {
  const { entry } = study();
  const request = { messages: [], max_tokens: 1, temperature: 0 };
  assert.equal(llamaCpp.body(entry, "m", request).cache_prompt, false);
});

Deno.test("the bundled model is described by file and checksum", async () => {
  const { config, entry } = study();
  const { version, model } = await llamaCpp.describe(entry, config);
  assert.match(version, /^xllamacpp \d/);
  assert.match(model, /^SmolLM2-135M-Instruct\.Q4_1\.gguf, sha256 [0-9a-f]{64}$/);
});
