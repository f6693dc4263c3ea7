import assert from "node:assert/strict";
import { type GenerationRequest, readGenerationRequest } from "./generation_request.ts";
import type { Wire } from "./wire.ts";
import { wireSglang } from "./wire_sglang.ts";
import { wireTensorrtLlm } from "./wire_tensorrt_llm.ts";
import { wireVllm } from "./wire_vllm.ts";

const served = { name: "m", maxLength: 100 };

function chat(wire: Wire, more: object = {}): GenerationRequest {
  const body = { model: "m", messages: [{ role: "user", content: "Hi" }], stream: true, ...more };
  const read = readGenerationRequest(JSON.stringify(body), "chat", wire.rules, served);
  assert.ok(!("reason" in read), JSON.stringify(read));
  return read;
}

Deno.test("without max_tokens a chat may fill the room that its prompt leaves", () => {
  assert.equal(chat(wireVllm).promptTokens, 8);
  assert.equal(chat(wireVllm).maxTokens, 92);
});

Deno.test("max_completion_tokens counts before max_tokens", () => {
  assert.equal(chat(wireVllm, { max_tokens: 5, max_completion_tokens: 7 }).maxTokens, 7);
});

Deno.test("completions without max_tokens give 16 tokens, or all there is room for", () => {
  const maxTokens = (wire: Wire) => {
    const body = '{"model":"m","prompt":[1,2,3]}';
    return (readGenerationRequest(body, "completions", wire.rules, served) as GenerationRequest)
      .maxTokens;
  };
  assert.equal(maxTokens(wireVllm), 16);
  assert.equal(maxTokens(wireSglang), 16);
  assert.equal(maxTokens(wireTensorrtLlm), 97);
});

Deno.test("usage is sent when asked for, by each engine's own defaults", () => {
  const usage = (wire: Wire, stream_options?: object) => {
    const { includeUsage, continuousUsage } = chat(wire, stream_options ? { stream_options } : {});
    return [includeUsage, continuousUsage];
  };
  assert.deepEqual(usage(wireVllm), [false, false]);
  assert.deepEqual(usage(wireVllm, {}), [false, false]);
  assert.deepEqual(usage(wireVllm, { include_usage: true }), [true, false]);
  assert.deepEqual(usage(wireTensorrtLlm), [false, false]);
  assert.deepEqual(usage(wireTensorrtLlm, {}), [true, true]);
  assert.deepEqual(usage(wireTensorrtLlm, { continuous_usage_stats: false }), [true, false]);
  assert.deepEqual(usage(wireSglang, { continuous_usage_stats: true }), [false, false]);
});

Deno.test("message content in parts is their text", () => {
  const content = [{ type: "text", text: "Hello, " }, { type: "text", text: "world!" }];
  assert.equal(chat(wireVllm, { messages: [{ role: "user", content }] }).promptTokens, 11);
});

Deno.test("fields without effect are taken by the engine that refuses unknown ones", () => {
  const request = chat(wireTensorrtLlm, { temperature: 0, top_p: 1, seed: 1, ignore_eos: true });
  assert.equal(request.ignoreEos, true);
});

Deno.test("a field of a wrong type is refused by its name", () => {
  const body = '{"model":"m","messages":[{"role":"user"}]}';
  const read = readGenerationRequest(body, "chat", wireVllm.rules, served);
  assert.ok("reason" in read && read.reason === "bad_field");
  assert.equal(read.field, "messages.0.content");
});
