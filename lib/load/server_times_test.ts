import assert from "node:assert/strict";
import { Arrivals } from "./arrivals.ts";
import { splitEvents } from "./sse.ts";
import { parseStream } from "./stream_parse.ts";
import { serverTimesOf } from "./server_times.ts";
import { readCapture } from "./testdata/captures.ts";

function timesOf(capture: string) {
  const { bytes } = readCapture(capture);
  return parseStream(splitEvents(Arrivals.of([{ at_ms: 0, bytes }])).events, "chat").server_times;
}

Deno.test("llama.cpp's own times come with its usage", () => {
  assert.deepEqual(timesOf("llama-cpp-2026-10_chat_usage.txt"), {
    queue_ms: null,
    prefill_ms: 1027.482,
    decode_ms: 1736.514,
  });
});

Deno.test("vLLM's own times come with its usage where it was started with them, chat and completions", () => {
  assert.deepEqual(timesOf("vllm-0.32.0_chat_request_times.raw"), {
    queue_ms: 0.03180800013069529,
    prefill_ms: 479.3227139998635,
    decode_ms: 455.9944429997813,
  });
  assert.deepEqual(timesOf("vllm-0.32.0_completions_request_times.raw"), {
    queue_ms: 0.02707999965423369,
    prefill_ms: 98.1837560002532,
    decode_ms: 325.28481999997894,
  });
});

Deno.test("an answer without such times has none", () => {
  assert.equal(timesOf("vllm-0.32.0_chat_usage.raw"), null);
  assert.equal(timesOf("sglang-0.5.23_chat_usage.txt"), null);
});

Deno.test("vLLM's per-request metrics are read by their names, what is null stays null", () => {
  const metrics = {
    time_to_first_token_ms: 40.5,
    generation_time_ms: 900,
    queue_time_ms: 3,
    mean_itl_ms: 9,
    tokens_per_second: 100,
  };
  const times = { queue_ms: 3, prefill_ms: 40.5, decode_ms: 900 };
  assert.deepEqual(serverTimesOf({ metrics }), times);
  assert.deepEqual(serverTimesOf({ metrics: { ...metrics, queue_time_ms: null } }), {
    ...times,
    queue_ms: null,
  });
  assert.equal(serverTimesOf({ metrics: null, timings: "soon" }), null);
});
