import assert from "node:assert/strict";
import { Arrivals, type Read } from "./arrivals.ts";
import { splitEvents } from "./sse.ts";
import { type Api, failureOf, parseStream } from "./stream_parse.ts";
import { ANSWERS } from "./testdata/answers.ts";
import { captureNames, readCapture } from "./testdata/captures.ts";

const splitReads = (reads: Read[]) => splitEvents(Arrivals.of(reads));

/** Parses frames, each of which arrives in a read of its own. */
function parse(frames: [at_ms: number, data: unknown][], api: Api = "chat") {
  const encoder = new TextEncoder();
  const reads = frames.map(([at_ms, data]) => ({
    at_ms,
    bytes: encoder.encode(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`),
  }));
  return parseStream(splitReads(reads).events, api);
}

const delta = (delta: unknown, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});

const usage = (completion_tokens: number) => ({
  choices: [],
  usage: { prompt_tokens: 5, completion_tokens, total_tokens: 5 + completion_tokens },
});

const END: [number, unknown][] = [[90, delta({}, "length")], [91, usage(2)], [92, "[DONE]"]];

/** `role token×3 usage done` for a list of kinds. */
function runs(kinds: string[]): string {
  const counts: [string, number][] = [];
  for (const kind of kinds) {
    const last = counts.at(-1);
    if (last?.[0] === kind) last[1]++;
    else counts.push([kind, 1]);
  }
  return counts.map(([kind, count]) => count === 1 ? kind : `${kind}×${count}`).join(" ");
}

Deno.test("every capture has a known answer", () => {
  assert.deepEqual(Object.keys(ANSWERS).sort(), captureNames());
});

for (const [name, answer] of Object.entries(ANSWERS)) {
  Deno.test(`${name} is read as what it says`, () => {
    const { bytes, complete } = readCapture(name);
    const { events } = splitReads([{ at_ms: 7, bytes }]);
    const parsed = parseStream(events, name.includes("_chat_") ? "chat" : "completions");
    const tokens = parsed.kinds.filter((kind) => kind === "token").length;
    assert.equal(runs(parsed.kinds), answer.kinds);
    assert.equal(parsed.events, parsed.kinds.length);
    assert.deepEqual(parsed.token_ms, Array(tokens).fill(7));
    assert.equal(parsed.role_ms, parsed.kinds.includes("role") ? 7 : null);
    assert.equal(parsed.finish_reason, answer.finish);
    const { prompt_tokens, completion_tokens, cached_tokens } = parsed.usage ?? {};
    assert.deepEqual(
      parsed.usage && [prompt_tokens, completion_tokens, cached_tokens],
      answer.usage,
    );
    assert.equal(parsed.malformed, null);
    assert.equal(failureOf(parsed, complete)?.failure ?? null, answer.failure);
    if (answer.text !== undefined) assert.equal(parsed.text, answer.text);
  });
}

Deno.test("the method's worked example: eight data lines, six tokens, TPOT 14", () => {
  const parsed = parse([
    [120, delta({ role: "assistant", content: "" })],
    [150, delta({ content: "a" })],
    [180, delta({ content: "bcd" })],
    [190, delta({ content: "" })],
    [220, delta({ content: "ef" })],
    [221, delta({}, "length")],
    [222, usage(6)],
    [223, "[DONE]"],
  ]);
  assert.equal(runs(parsed.kinds), "role token×2 empty token finish usage done");
  assert.equal(parsed.role_ms, 120);
  assert.deepEqual(parsed.token_ms, [150, 180, 220]);
  assert.equal(parsed.usage?.completion_tokens, 6);
  const [first, last] = [parsed.token_ms[0]!, parsed.token_ms.at(-1)!];
  assert.equal((last - first) / (parsed.usage!.completion_tokens - 1), 14);
  assert.equal(failureOf(parsed, true), null);
});

Deno.test("a role that comes with text is a token and no role event", () => {
  const parsed = parse([[1, delta({ role: "assistant", content: "a" })], ...END]);
  assert.equal(parsed.role_ms, null);
  assert.deepEqual(parsed.token_ms, [1]);
});

Deno.test("the first of several role events counts", () => {
  const role = delta({ role: "assistant", content: null });
  assert.equal(parse([[1, role], [2, role], [3, delta({ content: "a" })], ...END]).role_ms, 1);
});

Deno.test("reasoning under either name is a token once", () => {
  const parsed = parse([
    [1, delta({ reasoning_content: "a" })],
    [2, delta({ reasoning: "b", content: "" })],
    [3, delta({ reasoning: "c", reasoning_content: "c", content: null })],
    ...END,
  ]);
  assert.deepEqual(parsed.token_ms, [1, 2, 3]);
  assert.equal(parsed.text, "abc");
});

Deno.test("tool-call arguments are tokens, a tool's name alone is none", () => {
  const call = (part: unknown) => delta({ tool_calls: [{ index: 0, function: part }] });
  const parsed = parse([
    [1, call({ name: "f", arguments: "" })],
    [2, call({ arguments: '{"x":' })],
    [3, call({ arguments: "1}" })],
    ...END,
  ]);
  assert.deepEqual(parsed.token_ms, [2, 3]);
  assert.equal(parsed.text, '{"x":1}');
});

Deno.test("every form of error in a stream is found and fails it whatever follows", () => {
  const errors: [unknown, string][] = [
    [{ error: { message: "engine died", code: 500 } }, "engine died"],
    [{ error: "out of memory" }, "out of memory"],
    [{ object: "error", message: "too long", code: 400 }, "too long"],
    [{ error: { code: 7 } }, '{"error":{"code":7}}'],
  ];
  for (const [frame, message] of errors) {
    const parsed = parse([[1, delta({ content: "a" })], [2, frame], ...END]);
    assert.equal(parsed.error, message);
    assert.equal(parsed.kinds[1], "error");
    assert.deepEqual(failureOf(parsed, true), { failure: "in_stream_error", error: message });
  }
});

Deno.test("an event named error is one, whatever its data", () => {
  const { events } = splitReads([{
    at_ms: 1,
    bytes: new TextEncoder().encode("event: error\ndata: gone away\n\n"),
  }]);
  assert.equal(parseStream(events, "chat").error, "gone away");
});

Deno.test("a null error beside choices is no error", () => {
  const parsed = parse([[1, { ...delta({ content: "a" }), error: null }], ...END]);
  assert.equal(failureOf(parsed, true), null);
});

Deno.test("comments and named side events are no tokens and no failures", () => {
  const { events } = splitReads([{
    at_ms: 1,
    bytes: new TextEncoder().encode(
      ': keep-alive\r\n\r\nevent: sglext_ids\r\ndata: {"ids":[1]}\r\n\r\n' +
        `data: ${JSON.stringify(delta({ content: "a" }, "stop"))} \r\n\r\n` +
        `data: ${JSON.stringify(usage(1))}\r\n\r\ndata: [DONE]\r\n\r\n`,
    ),
  }]);
  const parsed = parseStream(events, "chat");
  assert.equal(runs(parsed.kinds), "comment×2 token usage done");
  assert.equal(failureOf(parsed, true), null);
});

Deno.test("a frame that is no JSON object is told, cut to 200 characters", () => {
  for (const frame of ["<html>" + "x".repeat(300), "17", "[1]", '{"choices":[']) {
    const parsed = parse([[1, delta({ content: "a" })], [2, frame], ...END]);
    assert.equal(parsed.malformed, frame.slice(0, 200));
    const failed = failureOf(parsed, true);
    assert.equal(failed?.failure, "in_stream_error");
    assert.equal(failed?.error, `frame that is no JSON object: ${frame.slice(0, 200)}`);
  }
});

Deno.test("chunks of unexpected shapes are empty and break nothing", () => {
  const shapes = [{}, { choices: [null, 3] }, delta(null), delta("x"), { choices: "a" }, {
    choices: [{ delta: { content: 5, tool_calls: [null, {}] } }],
    usage: { prompt_tokens: "5" },
  }];
  const parsed = parse(shapes.map((shape) => [1, shape]));
  assert.equal(runs(parsed.kinds), "empty×6");
  assert.equal(parsed.usage, null);
});

Deno.test("without [DONE] only a clean end with finish reason and usage is accepted", () => {
  const whole: [number, unknown][] = [[1, delta({ content: "a" }, "stop")], [2, usage(1)]];
  assert.equal(failureOf(parse(whole), true), null);
  assert.equal(failureOf(parse(whole), false)?.failure, "stream_cut");
  assert.equal(failureOf(parse(whole.slice(0, 1)), true)?.failure, "stream_cut");
  assert.equal(failureOf(parse(whole.slice(1)), true)?.failure, "stream_cut");
  assert.deepEqual(failureOf(parse([]), true), {
    failure: "stream_cut",
    error: "the stream ended without [DONE] after 0 token events",
  });
});

Deno.test("after [DONE] a dropped connection does no harm", () => {
  assert.equal(failureOf(parse([[1, delta({ content: "a" })], ...END]), false), null);
});

Deno.test("no text is told before no usage", () => {
  assert.equal(failureOf(parse([[1, "[DONE]"]]), true)?.failure, "no_token");
  const text: [number, unknown] = [1, delta({ content: "a" }, "stop")];
  assert.equal(failureOf(parse([text, [2, "[DONE]"]]), true)?.failure, "no_usage");
});
