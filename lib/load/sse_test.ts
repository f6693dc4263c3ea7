import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { Arrivals, type Read } from "./arrivals.ts";
import { splitEvents } from "./sse.ts";
import { captureNames, readCapture } from "./testdata/captures.ts";

const splitReads = (reads: Read[]) => splitEvents(Arrivals.of(reads));
const encoder = new TextEncoder();

/** Reads that arrive at 1, 2, 3 … ms. */
function reads(...parts: string[]) {
  return parts.map((part, index) => ({ at_ms: index + 1, bytes: encoder.encode(part) }));
}

/** The events as `data@ms`, `:@ms` for a comment, with `event=` before where there is one. */
function told(...parts: string[]): string[] {
  return splitReads(reads(...parts)).events.map(({ at_ms, data, comment, event }) =>
    `${event === null ? "" : `${event}=`}${comment ? ":" : data}@${at_ms}`
  );
}

function twoReads(bytes: Uint8Array, at: number) {
  return [
    { at_ms: 1, bytes: bytes.subarray(0, at) },
    { at_ms: 2, bytes: bytes.subarray(at) },
  ];
}

function oneByteReads(bytes: Uint8Array) {
  return Array.from(bytes, (byte, index) => ({ at_ms: index, bytes: Uint8Array.of(byte) }));
}

Deno.test("one read may hold several events", () => {
  assert.deepEqual(told("data: a\n\ndata: b\n\n", "data: c\n\n"), ["a@1", "b@1", "c@2"]);
});

Deno.test("an event over several reads has the time at which its data line ended", () => {
  assert.deepEqual(told("da", "ta: a", "bc\n", "\n"), ["abc@3"]);
  assert.deepEqual(told("data: a\n\nda", "ta: b\n\n"), ["a@1", "b@2"]);
});

Deno.test("a blank line that comes later does not make an event later", () => {
  assert.deepEqual(told("data: a\n", "\ndata: b\n\n"), ["a@1", "b@2"]);
});

Deno.test("an event of several data lines has the time of the last and their text joined", () => {
  assert.deepEqual(told("data: a\n", "data:b\n", "id: 7\n\n"), ["a\nb@2"]);
});

Deno.test("lines end with LF, CRLF or CR, also when a read ends between CR and LF", () => {
  assert.deepEqual(told("data: a\r\n\r\ndata: b\r\rdata: c\n\n"), ["a@1", "b@1", "c@1"]);
  assert.deepEqual(told("data: a\r", "\n\r", "\ndata: b\r\n\r\n"), ["a@1", "b@3"]);
});

Deno.test("a comment is an event of its own and does not end the event around it", () => {
  assert.deepEqual(told(": keep-alive\n\n", "data: a\n:\ndata: b\n\n"), [":@1", ":@2", "a\nb@2"]);
});

Deno.test("one space after the colon is dropped, other spaces stay", () => {
  assert.deepEqual(told("data:a\n\ndata:  b \n\ndata\n\n"), ["a@1", " b @1", "@1"]);
});

Deno.test("the event field names the event that it stands in", () => {
  assert.deepEqual(told("event: error\ndata: a\n\ndata: b\n\n"), ["error=a@1", "b@1"]);
});

Deno.test("blocks without data, unknown fields and a byte order mark are passed over", () => {
  assert.deepEqual(told("\ufeffdata: a\n\n\n\nretry: 5\n\nevent: x\n\nnone: 1\ndata: b\n\n"), [
    "a@1",
    "b@1",
  ]);
});

Deno.test("an event without its blank line is no event, and is told", () => {
  assert.deepEqual(splitReads(reads("data: a\n\ndata: b", "c")), {
    events: [{ at_ms: 1, data: "a", comment: false, event: null }],
    unterminated: "data: bc",
  });
  assert.equal(splitReads(reads("data: a\n")).unterminated, "data: a\n");
  assert.equal(splitReads(reads(": keep")).unterminated, ": keep");
  assert.equal(splitReads(reads("event: x\ndata")).unterminated, "event: x\ndata");
  assert.equal(splitReads(reads("data: a\n\n\n")).unterminated, null);
  assert.equal(splitReads(reads("data: a\r\n\r", "\n")).unterminated, null);
  assert.equal(splitReads(reads("data: " + "é".repeat(500))).unterminated?.length, 200);
});

Deno.test("no reads and empty reads are no events", () => {
  assert.deepEqual(splitReads([]), { events: [], unterminated: null });
  assert.deepEqual(told("", "data: a\n", "", "\n", ""), ["a@2"]);
});

Deno.test("a four-byte character split over reads at any place survives", () => {
  const bytes = encoder.encode("data: a😀b\n\n");
  for (let at = 0; at <= bytes.length; at++) {
    assert.equal(splitReads(twoReads(bytes, at)).events[0]?.data, "a😀b");
  }
});

/** Where each `data:` line of a stream with LF line ends has its end. */
function dataLineEnds(bytes: Uint8Array): number[] {
  const latin1 = Buffer.from(bytes).toString("latin1");
  return [...latin1.matchAll(/^data:.*\n/gm)].map((line) => line.index + line[0].length - 1);
}

for (const name of captureNames()) {
  Deno.test(`split anywhere, ${name} gives the same events at the right times`, () => {
    const { bytes } = readCapture(name);
    const whole = splitReads([{ at_ms: 0, bytes }]);
    const ends = dataLineEnds(bytes);
    const data = whole.events.map((event) => event.data);
    assert.equal(data.length, ends.length);
    assert.equal(whole.unterminated, null);

    const single = splitReads(oneByteReads(bytes)).events;
    assert.deepEqual(single.map((event) => event.data), data);
    assert.deepEqual(single.map((event) => event.at_ms), ends);

    const text = data.join("\n");
    for (let at = 0; at <= bytes.length; at++) {
      const { events } = splitReads(twoReads(bytes, at));
      const late = events.filter((event) => event.at_ms === 2).length;
      assert.equal(events.map((event) => event.data).join("\n"), text);
      assert.equal(late, ends.filter((end) => end >= at).length);
    }
  });
}
