import assert from "node:assert/strict";
import { answerOf, captured, type CapturedEvent, eventsOf } from "./captured_answer.ts";
import { readGenerationRequest } from "./generation_request.ts";
import type { TokenOut } from "./wire.ts";
import { wireSglang } from "./wire_sglang.ts";

const served = { name: "tiny", maxLength: 2048 };

function token(text: string, outputTokens: number, finish: TokenOut["finish"] = null): TokenOut {
  return { text, outputTokens, finish };
}

for (
  const [name, facts, tokens] of [
    [
      "chat_stream_usage",
      {},
      [
        token("r", 1),
        token("", 2),
        token("Q", 3),
        token("", 4),
        token("Q", 5),
        token("", 6),
        token("Q", 7),
        token("", 8, "length"),
      ],
    ],
    [
      "chat_stream_continuous",
      { continuousUsage: true },
      [token("r", 1), token("", 2), token("Q", 3), token("", 4, "length")],
    ],
    ["chat_stream_nousage", {}, [token("r", 1), token("", 2), token("Q", 3, "length")]],
    [
      "comp_stream_usage",
      {},
      [
        token("", 1),
        token("", 2),
        token("\ufffd%", 3),
        token("", 4),
        token("%", 5),
        token("", 6, "length"),
      ],
    ],
  ] as const
) {
  Deno.test(`the sglang wire gives ${name} of SGLang 0.5.23 byte for byte`, () => {
    // The simulated engine has no prefix cache.
    const body = captured(`sglang-0.5.23-${name}.txt`).body
      .replaceAll('"cached_tokens":16', '"cached_tokens":0');
    const frames = wireSglang.frames(answerOf(eventsOf(body), facts));
    const made = [...tokens.flatMap((t) => frames.token(t)), ...frames.end(tokens.length)];
    assert.equal(made.join(""), body);
  });
}

for (const name of ["chat_nonstream", "comp_nonstream"]) {
  Deno.test(`the sglang wire gives ${name} of SGLang 0.5.23 but for what it has cached`, () => {
    const whole = JSON.parse(captured(`sglang-0.5.23-${name}.txt`).body);
    const { message, text, finish_reason } = whole.choices[0];
    const tokens = whole.usage.completion_tokens;
    const made = wireSglang.whole(
      answerOf([whole], {}),
      message?.content ?? text,
      tokens,
      finish_reason,
    );
    whole.usage.prompt_tokens_details.cached_tokens = 0;
    const expected = JSON.stringify(whole).replaceAll('"default"', '"simulated"');
    assert.equal(JSON.stringify(made), expected);
  });
}

Deno.test("the sglang wire follows an error in mid-stream with usage and [DONE]", () => {
  const { body } = captured("sglang-0.5.23-chat_midstream_error_running_timeout.txt");
  const frames = wireSglang.frames(answerOf(eventsOf(body), {}));
  const [error, usage, done] = frames.failure("it broke", 15)!;
  assert.equal(
    error,
    'data: {"error": {"object": "error", "message": "it broke", "type": "INTERNAL_SERVER_ERROR", "param": null, "code": 500}}\n\n',
  );
  assert.equal(`${usage}${done}`, body.slice(body.indexOf(usage!)));
});

Deno.test("the sglang wire refuses in SGLang's words", () => {
  const capture = captured("sglang-0.5.23-err400_emptymsgs.txt");
  const refused = (body: string, endpoint: "chat" | "completions") => {
    const read = readGenerationRequest(body, endpoint, wireSglang.rules, served);
    assert.ok("reason" in read);
    return wireSglang.refusal(read, served);
  };
  const empty = refused(capture.requestBody, "chat");
  assert.equal(empty.status, 400);
  assert.equal(JSON.stringify(empty.body), capture.body);

  const ids = (count: number) => JSON.stringify(new Array(count).fill(5));
  assert.deepEqual(refused(`{"model":"x","prompt":${ids(3000)}}`, "completions").body, {
    object: "error",
    message: "The input (3000 tokens) is longer than the model's context length (2048 tokens).",
    type: "BadRequestError",
    param: null,
    code: 400,
  });
  const sum = refused(`{"model":"x","prompt":${ids(2000)},"max_tokens":400}`, "completions");
  assert.equal(
    (sum.body as CapturedEvent).message,
    "Requested token count exceeds the model's maximum context length of 2048 tokens. You requested a total of 2400 tokens: 2000 tokens from the input messages and 400 tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.",
  );
});

Deno.test("the sglang wire refuses broken JSON in the form of the captured refusal", () => {
  const expected = JSON.parse(captured("sglang-0.5.23-err400_badjson.txt").body);
  const read = readGenerationRequest("{bad", "chat", wireSglang.rules, served);
  assert.ok("reason" in read);
  const body = wireSglang.refusal(read, served).body as CapturedEvent;
  assert.deepEqual({ ...body, message: "" }, { ...expected, message: "" });
  assert.match(body.message, /^1 validation error:\n {2}\{'type': 'json_invalid', /);
});

Deno.test("the sglang wire takes any model name and echoes it", () => {
  const read = readGenerationRequest(
    '{"model":"nope","prompt":"a"}',
    "completions",
    wireSglang.rules,
    served,
  );
  assert.ok(!("reason" in read));
  assert.equal(read.model, "nope");
  assert.equal(read.maxTokens, 16);
});
