import assert from "node:assert/strict";
import { serverMessage } from "./server_message.ts";

const SAID: Record<string, RegExp> = {
  "vllm-0.32.0-error_404.json": /^The model `nope` does not exist\. Valid aliases: tiny\.$/,
  "vllm-0.32.0-error_too_long.json": /^This model's maximum context length is 2048 tokens\. .*3000/,
  "sglang-0.5.23-error_too_long.json":
    /^The input \(3000 tokens\) is longer than the model's context length \(2048 tokens\)\.$/,
  "sglang-0.5.23-error_bad_type.json": /^1 validation error: .*'Input should be a valid list'/,
  "sglang-0.5.23-error_not_found.json": /^Not Found$/,
  "llama-cpp-2026-10-error_too_long.json":
    /^request \(3001 tokens\) exceeds the available context size \(1024 tokens\), try increasing it$/,
  "trtllm-modelled-A-error_unknown_field.json": /^1 validation error: .*'zzz'.*not permitted/,
};

for (const [file, said] of Object.entries(SAID)) {
  Deno.test(`the message is taken out of ${file}, on one line`, () => {
    const message = serverMessage(Deno.readTextFileSync(`${import.meta.dirname}/testdata/${file}`));
    assert.match(message, said);
    assert.doesNotMatch(message, /[{]"|\n/);
    assert.ok(message.length <= 300);
  });
}

Deno.test("FastAPI's list of details becomes places and what is wrong there", () => {
  const detail = [{ loc: ["body", "stream"], msg: "Input should be a valid boolean", type: "x" }];
  assert.equal(
    serverMessage(JSON.stringify({ detail })),
    "body.stream: Input should be a valid boolean",
  );
});

Deno.test("a body that is no error of a known form is quoted, a page named, an empty one said", () => {
  assert.equal(serverMessage(" no healthy\r\n upstream "), "no healthy upstream");
  assert.equal(serverMessage('{"code":7}'), '{"code":7}');
  assert.equal(serverMessage("<html><body>x</body></html>"), "an HTML page");
  assert.equal(serverMessage(""), "(empty body)");
  assert.equal(serverMessage("null"), "null");
  assert.equal(serverMessage("x".repeat(1000)).length, 300);
});
