import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { tensorrtLlm } from "./tensorrt_llm.ts";

function study(settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    model: { name: "org/model" },
    engines: { a: { kind: "tensorrt-llm", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"tensorrt-llm"> };
}

Deno.test("TensorRT-LLM serves the model through trtllm-serve", () => {
  const { config, entry } = study({ extra_args: ["--max_seq_len", "4096"] });
  assert.equal(tensorrtLlm.model(entry, config), "org/model");
  assert.deepEqual(tensorrtLlm.command(entry, config, 8003)!.argv, [
    "trtllm-serve",
    "serve",
    "org/model",
    "--host",
    "127.0.0.1",
    "--port",
    "8003",
    "--max_seq_len",
    "4096",
  ]);
});

Deno.test("TensorRT-LLM is told not to send usage with every chunk", () => {
  const { entry } = study();
  const request = { messages: [], max_tokens: 1, temperature: 0 };
  assert.deepEqual(tensorrtLlm.body(entry, "m", request).stream_options, {
    include_usage: true,
    continuous_usage_stats: false,
  });
});
