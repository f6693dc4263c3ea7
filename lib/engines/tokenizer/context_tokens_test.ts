import assert from "node:assert/strict";
import { join } from "node:path";
import { configSchema, type EngineEntry } from "@/config/schema.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { engineOf } from "../kinds.ts";
import { flagNumber, modelContext } from "./context_tokens.ts";

Deno.test("a flag's number is read in both spellings, the last one counts", () => {
  const flags = ["--max-model-len"];
  assert.equal(flagNumber(["--max-model-len", "4096"], flags), 4096);
  assert.equal(flagNumber(["--max-model-len=1", "--x", "--max-model-len=2048"], flags), 2048);
  assert.equal(flagNumber(["--max-model-len-other=1"], flags), null);
  assert.equal(flagNumber(["--max-model-len", "auto"], flags), null);
  assert.equal(flagNumber([], flags), null);
});

Deno.test("a model's own context comes from its config, also where that has parts", () => {
  using temp = new TempFolder();
  assert.equal(modelContext(temp.file(".")), null);
  temp.file("config.json", '{"max_position_embeddings": 8192}');
  assert.equal(modelContext(temp.file(".")), 8192);
  temp.file("config.json", '{"text_config": {"max_position_embeddings": 10485760}}');
  assert.equal(modelContext(temp.file(".")), 10485760);
});

Deno.test("each engine tells its context by its own flag, else by the model", () => {
  using temp = new TempFolder();
  temp.file("config.json", '{"max_position_embeddings": 8192}');
  const contextOf = (entry: Record<string, unknown>) => {
    const name = join(temp.file("."));
    const config = configSchema.parse({ model: { name }, engines: { e: entry } });
    const parsed = config.engines["e"] as EngineEntry;
    return engineOf(parsed.kind).contextTokens(parsed, config);
  };
  assert.equal(contextOf({ kind: "vllm", extra_args: ["--max-model-len=2048"] }), 2048);
  assert.equal(contextOf({ kind: "vllm" }), 8192);
  assert.equal(contextOf({ kind: "sglang", extra_args: ["--context-length", "4096"] }), 4096);
  assert.equal(contextOf({ kind: "tensorrt-llm", extra_args: ["--max_seq_len", "512"] }), 512);
  assert.equal(contextOf({ kind: "llama-cpp", context_tokens: 700 }), 700);
  assert.equal(contextOf({ kind: "external", base_url: "http://h/v1", model: "m" }), null);
});
