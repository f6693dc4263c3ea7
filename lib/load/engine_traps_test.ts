/** What an engine's stream would have a careless client believe; as captured, of TensorRT-LLM as modelled. */
import assert from "node:assert/strict";
import { Arrivals } from "./arrivals.ts";
import { splitEvents } from "./sse.ts";
import { failureOf, parseStream } from "./stream_parse.ts";
import { readCapture } from "./testdata/captures.ts";

function read(capture: string) {
  const { bytes, complete } = readCapture(capture);
  const parsed = parseStream(splitEvents(Arrivals.of([{ at_ms: 7, bytes }])).events, "chat");
  return { parsed, failure: failureOf(parsed, complete)?.failure ?? null, complete };
}

Deno.test("SGLang ends a stream that failed with usage and [DONE], and it is a failure all the same", () => {
  const { parsed, failure, complete } = read("sglang-0.5.23_chat_error.txt");
  assert.deepEqual(parsed.kinds.slice(-3), ["error", "usage", "done"]);
  assert.ok(parsed.usage!.completion_tokens > 0 && complete);
  assert.equal(failure, "in_stream_error");
});

for (const victim of ["core", "worker"]) {
  Deno.test(`vLLM whose ${victim} is killed ends its stream with 200 and [DONE], and it is a failure all the same`, () => {
    const { parsed, failure } = read(`vllm-0.32.0_chat_${victim}_killed.raw`);
    assert.deepEqual(parsed.kinds.slice(-2), ["error", "done"]);
    assert.equal(failure, "in_stream_error");
  });
}

Deno.test("TensorRT-LLM may send usage on every chunk: the last one counts, and no token twice", () => {
  const { parsed, failure } = read("trtllm-modelled-A_chat_usage.txt");
  const withUsage = new TextDecoder().decode(readCapture("trtllm-modelled-A_chat_usage.txt").bytes)
    .split("\n").filter((line) => line.includes('"usage":{"prompt_tokens"'));
  const tokens = parsed.kinds.filter((kind) => kind === "token").length;
  assert.ok(withUsage.length > tokens, "it does so here");
  const [, last] = /"completion_tokens":(\d+)/.exec(withUsage.at(-1)!)!;
  assert.equal(parsed.usage!.completion_tokens, Number(last));
  assert.equal(tokens, 3, "a chunk without text is no token, whatever its usage");
  assert.equal(failure, null);
});
