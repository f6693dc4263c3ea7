/** The quick reading of an answer against the full one: they must say the same of any bytes. */
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { randomFrom } from "@/config/seeds.ts";
import { AnswerReader, Pace, parseAnswer } from "./answer_reader.ts";
import { Arrivals } from "./arrivals.ts";
import { FrameTemplate } from "./frame_template.ts";
import { splitEvents } from "./sse.ts";
import { type Api, parseStream } from "./stream_parse.ts";
import { captureNames, readCapture } from "./testdata/captures.ts";

const encoder = new TextEncoder();
const apiOf = (name: string): Api => name.includes("_chat_") ? "chat" : "completions";

/** Has time for what can wait after every so many reads. */
class SometimesIdle {
  #tasks: (() => void)[] = [];
  #reads = 0;

  constructor(readonly reads: number) {}

  room(task: () => void): boolean {
    this.#tasks.push(task);
    return true;
  }

  afterRead(): void {
    if (++this.#reads % this.reads === 0) { for (const task of this.#tasks.splice(0)) task(); }
  }
}

/** All readings of the bytes, arriving in reads of the given lengths, over and over. */
function assertSame(bytes: Uint8Array, api: Api, lengths: number[], idleAfter = 1): void {
  const reads = [];
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const to = from + lengths[i % lengths.length]!;
    reads.push({ at_ms: i, bytes: bytes.subarray(from, to) });
    from = to;
  }
  const arrivals = Arrivals.of(reads);
  const { events, unterminated } = splitEvents(arrivals);
  const { text: _, kinds, ...stream } = parseStream(events, api);
  const eventless = kinds.every((kind) => kind === "comment");
  assert.deepEqual(parseAnswer(arrivals, api), { stream, eventless, unterminated });
  const early = new AnswerReader(api);
  const later = new SometimesIdle(idleAfter);
  // As sockets do: every read comes in the same buffer, over what the last ones left there.
  const buffer = new Uint8Array(Math.max(0, ...reads.map(({ bytes }) => bytes.length)));
  for (const { at_ms, bytes } of reads) {
    buffer.set(bytes);
    early.take(buffer, 0, bytes.length, at_ms, later);
    later.afterRead();
  }
  assert.deepEqual(early.finish(), { stream, eventless, unterminated });
  assert.equal(early.arrivals.reads, arrivals.reads);
  assert.equal(early.arrivals.total, bytes.length);
}

/** A long stream like the capture's: its frames up to the middle, each several times over. */
function lengthened(bytes: Uint8Array): Uint8Array {
  const frames = Buffer.from(bytes).toString("latin1").split(/(?<=\n\n|\r\n\r\n)/);
  return Buffer.from(frames.flatMap((frame) => [frame, frame, frame]).join(""), "latin1");
}

for (const name of captureNames()) {
  Deno.test(`${name} is read alike, whole, lengthened and however split`, () => {
    const { bytes } = readCapture(name);
    for (const stream of [bytes, lengthened(bytes)]) {
      for (const lengths of [[stream.length], [1], [7, 300], [220]]) {
        assertSame(stream, apiOf(name), lengths);
      }
    }
  });
}

/** Changes that matter to a reader: single bytes, pieces cut out, doubled or moved, and JSON's own. */
function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const at = () => Math.floor(random() * text.length);
  const pieces = [
    '"',
    "\\",
    "\\u0041",
    '\\"',
    "\n",
    "\r\n",
    "\n\n",
    "é",
    "{",
    "}",
    '"content":"',
    "x",
  ];
  pieces.push(
    "data: ",
    ": ping\n\n",
    "event: error\n",
    '"usage":null,',
    '"role":"assistant",',
    "\0",
  );
  const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
  const near = Math.min(text.length, from + Math.floor(random() * 300));
  switch (Math.floor(random() * 4)) {
    case 0:
      return Buffer.from(text.slice(0, from) + text.slice(near), "latin1");
    case 1:
      return Buffer.from(text.slice(0, to) + text.slice(from, near) + text.slice(to), "latin1");
    case 2: {
      const byte = String.fromCharCode(Math.floor(random() * 256));
      return Buffer.from(text.slice(0, from) + byte + text.slice(from + 1), "latin1");
    }
    default: {
      const piece = pieces[Math.floor(random() * pieces.length)]!;
      return Buffer.from(text.slice(0, from) + piece + text.slice(from), "latin1");
    }
  }
}

Deno.test("5,000 damaged answers are read alike", () => {
  const random = randomFrom(11, "mutations");
  const captures = captureNames().map((name) => ({ name, bytes: readCapture(name).bytes }));
  for (let i = 0; i < 5000; i++) {
    const { name, bytes } = captures[i % captures.length]!;
    let changed = i % 2 === 0 ? bytes : lengthened(bytes).subarray(0, 4000);
    for (let change = 0; change <= i % 3; change++) changed = mutated(changed, random);
    // Faster than answers are read while they come, or not.
    assertSame(changed, apiOf(name), [1 + Math.floor(random() * 400), 90], i % 4 < 2 ? 1 : 7);
  }
});

const frame = (choice: unknown, more = {}) =>
  `data: ${JSON.stringify({ id: "a", choices: [choice], ...more })}\n\n`;
const told = (content: unknown, more = {}) =>
  frame({ delta: { content }, finish_reason: null, ...more });
const template = (text: string, api: Api = "chat") => FrameTemplate.of(encoder.encode(text), api);

const fitsWhole = (like: FrameTemplate, bytes: Uint8Array) =>
  like.end(bytes, 0, bytes.length) === bytes.length;

Deno.test("frames with another text fit, those that say anything else do not", () => {
  const like = template(told("Hi"))!;
  const fits = (text: string) => fitsWhole(like, encoder.encode(text));
  for (const text of ["x", " the", "\n", 'say "hi"', "a\\b", "日本語 😀", "\t/"]) {
    assert.ok(fits(told(text)), JSON.stringify(text));
  }
  const others = {
    "no text": told(""),
    "null": told(null),
    "a finish reason": told("Hi", { finish_reason: "stop" }),
    "another id": told("Hi").replace('"a"', '"b"'),
    "an escape by number": told("\u0001"),
    "an escape that is none": told("x").replace('"x"', '"\\x"'),
    "a line end inside": told("x").replace('"x"', '"\n"'),
    "no end yet": told("Hi").slice(0, -1),
    "a string without its end": 'data: {"id":"a","choices":[{"delta":{"content":"Hi',
  };
  for (const [what, text] of Object.entries(others)) assert.ok(!fits(text), what);
});

Deno.test("nothing serves as a template that says more than a text", () => {
  const refused = {
    "usage": told("Hi").replace('"id"', '"usage":{"prompt_tokens":1,"completion_tokens":1},"id"'),
    "a finish reason": told("Hi", { finish_reason: "stop" }),
    "text under two names": frame({ delta: { content: "Hi", reasoning: "Hm" } }),
    "a content that JSON passes over": frame({ delta: { content: "Hi" } })
      .replace('"content":"Hi"', '"content":"No","content":"Hi"'),
    "a content elsewhere": frame({ content: "Hi", delta: { reasoning: "Hm" } })
      .replace('"reasoning"', '"reason"'),
    "two data lines": "data: {\ndata: }\n\n",
    "a name": `event: x\n${told("Hi")}`,
  };
  for (const [what, text] of Object.entries(refused)) assert.equal(template(text), null, what);
});

Deno.test("a token of each engine serves as a template, under whatever name its text comes", () => {
  assert.ok(template(told("Hi")));
  assert.ok(template(told("Hi").replaceAll("\n", "\r\n")));
  assert.ok(template(frame({ delta: { content: null, reasoning_content: "Hm" } })));
  assert.ok(template(frame({ text: "Hi" }), "completions"));
  for (const name of captureNames().filter((name) => name.endsWith("chat_usage.raw"))) {
    const frames = Buffer.from(readCapture(name).bytes).toString("latin1").split(/(?<=\n\n)/);
    const like = template(frames[1]!)!;
    const next = Buffer.from(frames[2]!, "latin1");
    assert.ok(fitsWhole(like, next));
  }
});

Deno.test("of a stream that is read while it comes hardly any bytes are kept", () => {
  const answer = new AnswerReader("chat");
  const later = new SometimesIdle(1);
  const token = encoder.encode(told("Hi"));
  for (let i = 0; i < 1000; i++) {
    answer.take(token, 0, token.length, i, later);
    later.afterRead();
  }
  assert.equal(answer.arrivals.length, 0);
  assert.equal(answer.finish().stream.token_ms.length, 1000);
});

Deno.test("while an answer comes its bytes are only kept, and reading it is asked for once", () => {
  const answer = new AnswerReader("chat");
  const tasks: (() => void)[] = [];
  const later = new Pace({ add: (task) => void tasks.push(task) });
  const token = encoder.encode(told("Hi"));
  for (let i = 0; i < 3; i++) answer.take(token, 0, token.length, i, later);
  assert.deepEqual([answer.arrivals.length, tasks.length], [3 * token.length, 1]);
  tasks[0]!();
  assert.equal(answer.arrivals.length, 0);
});

Deno.test("many answers that come together are not all read at once", () => {
  let read = 0;
  const pace = new Pace({ add: () => void read++ });
  const room = Array.from({ length: 100 }, (_, i) => pace.room(() => {}, i / 50));
  assert.deepEqual([read, room.filter((is) => is).length], [4, 4]);
});
