import assert from "node:assert/strict";
import { answerOf, captured, type CapturedEvent, eventsOf } from "./captured_answer.ts";
import { readGenerationRequest } from "./generation_request.ts";
import type { AnswerFrames } from "./wire.ts";
import { wireVllm } from "./wire_vllm.ts";

const served = { name: "tiny", maxLength: 2048 };
const asSimulated = (body: string) => body.replaceAll("vllm-0.32.0-d3cbe537", "vllm-simulated");

/** One token an event with text or empty text, as vLLM sends them. */
function remade(frames: AnswerFrames, events: CapturedEvent[]): string {
  const choices = events.flatMap((event) => event.choices)
    .filter((choice: CapturedEvent) => choice.delta?.role === undefined);
  const out = choices.flatMap((choice: CapturedEvent, index: number) =>
    frames.token({
      text: choice.delta?.content ?? choice.text,
      outputTokens: index + 1,
      finish: choice.finish_reason,
    })
  );
  return [...out, ...frames.end(choices.length)].join("");
}

for (
  const [name, facts] of [
    ["chat_stream_usage", {}],
    ["chat_stream_nousage", {}],
    ["chat_stream_contusage", { continuousUsage: true }],
    ["compl_stream_usage", {}],
  ] as const
) {
  Deno.test(`the vllm wire gives ${name} of vLLM 0.32.0 byte for byte`, () => {
    const { body } = captured(`vllm-0.32.0-${name}.raw`);
    const events = eventsOf(body);
    const frames = wireVllm.frames(answerOf(events, facts));
    assert.equal(remade(frames, events), asSimulated(body));
  });
}

for (const name of ["chat_plain", "compl_plain"]) {
  Deno.test(`the vllm wire gives ${name} of vLLM 0.32.0 byte for byte`, () => {
    const { body } = captured(`vllm-0.32.0-${name}.raw`);
    const whole = JSON.parse(body);
    const { message, text, finish_reason } = whole.choices[0];
    const answer = answerOf([whole], {});
    const made = wireVllm.whole(
      answer,
      message?.content ?? text,
      whole.usage.completion_tokens,
      finish_reason,
    );
    assert.equal(JSON.stringify(made), asSimulated(body));
  });
}

for (
  const name of [
    "err_model_404",
    "err_max_tokens",
    "err_max_tokens0",
    "err_usage_without_stream",
    "err_empty_prompt",
  ]
) {
  Deno.test(`the vllm wire refuses the request of ${name} in vLLM's words`, () => {
    const capture = captured(`vllm-0.32.0-${name}.raw`);
    const endpoint = capture.requestBody.includes('"messages"') ? "chat" : "completions";
    const read = readGenerationRequest(capture.requestBody, endpoint, wireVllm.rules, served);
    assert.ok("reason" in read);
    const { status, body } = wireVllm.refusal(read, served);
    assert.equal(status, capture.status);
    assert.equal(JSON.stringify(body), capture.body);
  });
}

Deno.test("the vllm wire tells how many tokens a prompt has that is too long", () => {
  const prompt = JSON.stringify({ model: "tiny", prompt: new Array(3000).fill(300) });
  const read = readGenerationRequest(prompt, "completions", wireVllm.rules, served);
  assert.ok("reason" in read);
  assert.deepEqual(wireVllm.refusal(read, served), {
    status: 400,
    body: {
      error: {
        message:
          "This model's maximum context length is 2048 tokens. However, your prompt contains 3000 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=3000)",
        type: "BadRequestError",
        param: "input_tokens",
        code: 400,
      },
    },
  });
});

Deno.test("the vllm wire refuses broken JSON in the form of the captured refusal", () => {
  const capture = captured("vllm-0.32.0-err_bad_json.raw");
  const expected = JSON.parse(capture.body).error;
  const read = readGenerationRequest('{"model":"tiny",', "chat", wireVllm.rules, served);
  assert.ok("reason" in read);
  const { status, body } = wireVllm.refusal(read, served);
  const { error } = body as CapturedEvent;
  assert.equal(status, capture.status);
  assert.deepEqual(Object.keys(error), Object.keys(expected));
  assert.equal(error.type, expected.type);
  assert.equal(error.code, expected.code);
  assert.match(error.message, /^1 validation error:\n {2}\{'type': 'json_invalid', /);
});

Deno.test("the vllm wire ends a failing stream with an error in spaced JSON and [DONE]", () => {
  const events = eventsOf(captured("vllm-0.32.0-chat_stream_usage.raw").body);
  assert.deepEqual(wireVllm.frames(answerOf(events, {})).failure("it broke", 3), [
    'data: {"error": {"message": "it broke", "type": "InternalServerError", "param": null, "code": 500}}\n\n',
    "data: [DONE]\n\n",
  ]);
});
