import assert from "node:assert/strict";
import { answerOf, captured, type CapturedEvent, eventsOf } from "./captured_answer.ts";
import { readGenerationRequest } from "./generation_request.ts";
import { wireTensorrtLlm } from "./wire_tensorrt_llm.ts";

const served = { name: "m", maxLength: 2048 };
const { rules } = wireTensorrtLlm;

/** The modelled captures: five tokens, one of them without text, the last two in one chunk. */
const TOKENS = [
  { text: "Hello", outputTokens: 1, finish: null },
  { text: "", outputTokens: 2, finish: null },
  { text: " wörld", outputTokens: 3, finish: null },
  { text: "!", outputTokens: 5, finish: "length" },
] as const;

for (
  const name of [
    "chat_stream_usage",
    "chat_stream_usage_nocont",
    "chat_stream_plain",
    "comp_stream_usage",
  ]
) {
  Deno.test(`the tensorrt-llm wire gives the modelled ${name} byte for byte`, () => {
    const { body, requestBody } = captured(`tensorrt-llm-modelled-A-${name}.txt`);
    const endpoint = name.startsWith("chat") ? "chat" : "completions";
    const request = readGenerationRequest(requestBody, endpoint, rules, served);
    assert.ok(!("reason" in request));
    const { includeUsage, continuousUsage } = request;
    const answer = answerOf(eventsOf(body), { includeUsage, continuousUsage });
    const frames = wireTensorrtLlm.frames(answer);
    const made = [...TOKENS.flatMap((token) => frames.token(token)), ...frames.end(5)];
    assert.equal(made.join(""), body);
  });
}

Deno.test("the tensorrt-llm wire refuses a field that it does not know", () => {
  const capture = captured("tensorrt-llm-modelled-A-err_unknown_field.txt");
  const read = readGenerationRequest(capture.requestBody, "chat", rules, served);
  assert.ok("reason" in read);
  const { status, body } = wireTensorrtLlm.refusal(read, served);
  assert.equal(status, capture.status);
  assert.deepEqual(Object.keys(body as CapturedEvent), ["error"]);
  const start =
    "1 validation error:\n  {'type': 'extra_forbidden', 'loc': ('body', 'zzz'), 'msg': 'Extra inputs are not permitted'";
  assert.ok((body as CapturedEvent).error.startsWith(start));
  assert.ok(JSON.parse(capture.body).error.startsWith(start));
});

Deno.test("the tensorrt-llm wire takes only one of the two names of max_tokens", () => {
  const both = '{"model":"m","prompt":"a","max_tokens":3,"max_completion_tokens":3}';
  const read = readGenerationRequest(both, "completions", rules, served);
  assert.deepEqual(read, { reason: "unknown_field", field: "max_tokens" });
});

Deno.test("the tensorrt-llm wire drops the connection when it fails in mid-stream", () => {
  const events = eventsOf(captured("tensorrt-llm-modelled-A-chat_stream_usage.txt").body);
  assert.equal(wireTensorrtLlm.frames(answerOf(events, {})).failure("it broke", 3), null);
});
