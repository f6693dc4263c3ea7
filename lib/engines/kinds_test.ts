import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { ENGINE_KINDS, engineOf } from "./kinds.ts";

const CONFIG = configSchema.parse({
  engines: {
    "vllm": { kind: "vllm" },
    "sglang": { kind: "sglang" },
    "tensorrt-llm": { kind: "tensorrt-llm" },
    "llama-cpp": { kind: "llama-cpp" },
    "external": { kind: "external", base_url: "http://127.0.0.1:9/v1", model: "m" },
    "simulated": { kind: "simulated", wire: "vllm" },
  },
});
const MESSAGES = [{ role: "user", content: "Why?" }];

Deno.test("each kind that a config may name has an engine of that kind", () => {
  assert.deepEqual(ENGINE_KINDS.toSorted(), Object.keys(CONFIG.engines).sort());
  for (const kind of ENGINE_KINDS) {
    assert.equal(engineOf(kind).kind, kind);
    assert.notEqual(engineOf(kind).about, "");
  }
});

Deno.test("every engine is asked for a stream with its usage, of the asked length", () => {
  for (const kind of ENGINE_KINDS) {
    const request = { messages: MESSAGES, max_tokens: 7, temperature: 0.5 };
    const body = engineOf(kind).body(CONFIG.engines[kind]!, "served", request);
    const { model, messages, max_tokens, temperature, stream } = body;
    assert.deepEqual({ model, messages, max_tokens, temperature, stream }, {
      model: "served",
      messages: MESSAGES,
      max_tokens: 7,
      temperature: 0.5,
      stream: true,
    }, kind);
    const options = body.stream_options as Record<string, unknown>;
    assert.equal(options.include_usage, true, kind);
    assert(!options.continuous_usage_stats, kind);
  }
});

Deno.test("our own servers are told whether to go on after their end of text", () => {
  const request = { messages: MESSAGES, max_tokens: 7, temperature: 0 };
  for (const kind of ENGINE_KINDS.filter((kind) => kind !== "external")) {
    for (const ignore_eos of [true, false]) {
      const entry = { ...CONFIG.engines[kind]!, ignore_eos };
      assert.equal(engineOf(kind).body(entry, "m", request).ignore_eos, ignore_eos, kind);
    }
  }
});

Deno.test("our own servers are reached on 127.0.0.1 alone", () => {
  for (const kind of ENGINE_KINDS.filter((kind) => kind !== "external")) {
    assert.equal(engineOf(kind).baseUrl(CONFIG.engines[kind]!, 8001), "http://127.0.0.1:8001/v1");
    assert.deepEqual(engineOf(kind).headers(CONFIG.engines[kind]!), {});
  }
});

Deno.test("the vendor's own flags come last, so that they win", () => {
  for (const kind of ENGINE_KINDS.filter((kind) => kind !== "external")) {
    const entry = { ...CONFIG.engines[kind]!, extra_args: ["--mine", "1"] };
    const { argv } = engineOf(kind).command(entry, CONFIG, 8001)!;
    assert.deepEqual(argv.slice(-2), ["--mine", "1"], kind);
    assert.equal(argv[argv.indexOf("--port") + 1], "8001", kind);
  }
});
