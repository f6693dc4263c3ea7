import assert from "node:assert/strict";
import { HttpProblem, HttpReader } from "./http_reader.ts";
import { readCaptureFile } from "./testdata/captures.ts";

/** Bytes as Latin-1, so that a text is what goes over the wire. */
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

class Heard {
  status = 0;
  headers: Record<string, string> = {};
  body = "";
  ends = 0;
  pieces = 0;
  time = 0;
  now = () => ++this.time;
  onHead(status: number, headers: Record<string, string>) {
    this.status = status;
    this.headers = headers;
  }
  onBytes(source: Uint8Array, from: number, to: number) {
    this.pieces++;
    this.body += String.fromCharCode(...source.subarray(from, to));
  }
  onEnd() {
    this.ends++;
  }
  onError(error: Error) {
    throw error;
  }
}

/** What is heard of an answer that comes in these reads, and then the end of the connection if `closed`. */
function hear(reads: string[], closed = false): Heard {
  const heard = new Heard();
  const reader = new HttpReader();
  reader.expect(heard);
  for (const read of reads) reader.take(bytesOf(read), read.length);
  if (closed) reader.end();
  return heard;
}

const HEAD = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const ANSWERS: Record<string, string> = {
  chunked: `${CHUNKED}5\r\nHello\r\n00b\r\n, wide\r\nsea\r\n0\r\n\r\n`,
  "chunked with extensions and trailers":
    `${CHUNKED}5;a=b\r\nHello\r\nB ;c\r\n, wide\r\nsea\r\n0;last\r\nDigest: x\r\nMore: y\r\n\r\n`,
  "of a known length": `${HEAD}Content-Length: 16\r\n\r\nHello, wide\r\nsea`,
  "after an interim answer":
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${HEAD}Content-Length: 16\r\n\r\nHello, wide\r\nsea`,
};

for (const [what, text] of Object.entries(ANSWERS)) {
  Deno.test(`an answer ${what} is read alike however reads split it`, () => {
    for (let at = 0; at <= text.length; at++) {
      const heard = hear([text.slice(0, at), text.slice(at)]);
      assert.deepEqual([heard.status, heard.body, heard.ends], [200, "Hello, wide\r\nsea", 1]);
    }
    const single = hear([...text]);
    assert.deepEqual([single.status, single.body, single.ends], [200, "Hello, wide\r\nsea", 1]);
  });
}

Deno.test("the clock is read once a read, and pieces of one read carry one time", () => {
  const times: number[] = [];
  const heard = new Heard();
  const reader = new HttpReader();
  reader.expect(Object.assign(heard, {
    onBytes: (_: Uint8Array, __: number, ___: number, at_ms: number) => times.push(at_ms),
  }));
  for (const read of [`${CHUNKED}1\r\na\r\n1\r\nb\r\n`, "1\r\nc\r\n1", "\r\nd\r\n0\r\n\r\n"]) {
    reader.take(bytesOf(read), read.length);
  }
  assert.deepEqual(times, [1, 1, 2, 3]);
  assert.equal(heard.time, 3);
});

Deno.test("an answer without a length ends with the connection", () => {
  const heard = hear([`${HEAD}\r\nab`, "c"], true);
  assert.deepEqual([heard.body, heard.ends], ["abc", 1]);
});

Deno.test("an answer that can have no body, or has an empty one, ends with its head", () => {
  for (const head of ["HTTP/1.1 204 No Content\r\n", `${HEAD}content-length: 0\r\n`]) {
    const heard = hear([`${head}\r\n`]);
    assert.deepEqual([heard.body, heard.ends], ["", 1]);
  }
});

Deno.test("several answers come over one connection", () => {
  const reader = new HttpReader();
  for (const text of Object.values(ANSWERS)) {
    const heard = new Heard();
    reader.expect(heard);
    reader.take(bytesOf(text), text.length);
    assert.deepEqual([heard.body, heard.ends, reader.busy], ["Hello, wide\r\nsea", 1, false]);
  }
});

Deno.test("vLLM's answer as captured is read as its chunks say", () => {
  const raw = readCaptureFile("vllm-0.32.0_chat_usage.raw");
  const text = raw.slice(raw.indexOf("HTTP/1.1"));
  const heard = hear([text.slice(0, text.indexOf("0\r\n\r\n", 1000) + 5)]);
  assert.equal(heard.headers["server"], "uvicorn");
  assert.equal(heard.ends, 1);
  assert.match(heard.body, /^data: \{"id".*\n\ndata: \[DONE\]\n\n$/s);
  assert.equal(heard.body.split("\n\n").length, 36);
});

const REFUSED: [what: string, reads: string[], said: RegExp][] = [
  [
    "another protocol",
    ["SSH-2.0-x\r\n\r\n"],
    /does not match the HTTP\/1\.1 protocol: it begins "S"/,
  ],
  ["HTTP/2", ["HTTP/2 200\r\n\r\n"], /it begins "HTTP\/2"/],
  ["a status line that is none", ["HTTP/1.1 OK\r\n\r\n"], /protocol: "HTTP\/1\.1 OK"/],
  ["a header without a name", [`${HEAD}: x\r\n\r\n`], /header .* cannot be read: ": x"/],
  ["a folded header", [`${HEAD}a: b\r\n c\r\n\r\n`], /header .* cannot be read/],
  ["an unknown encoding", [`${HEAD}transfer-encoding: gzip\r\n\r\n`], /transfer-encoding gzip/],
  [
    "chunks and a length",
    [`${HEAD}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n`],
    /chunked and has a content-length/,
  ],
  ["lengths that differ", [`${HEAD}content-length: 3\r\ncontent-length: 4\r\n\r\n`], /"3, 4"/],
  ["a negative length", [`${HEAD}content-length: -1\r\n\r\n`], /content-length "-1"/],
  ["a chunk size that is none", [`${CHUNKED}xyz\r\n`], /size of a chunk .* cannot be read/],
  ["a chunk without a size", [`${CHUNKED}\r\n`], /size of a chunk .* cannot be read/],
  ["a size ended by LF alone", [`${CHUNKED}5\nHello`], /size of a chunk .* cannot be read/],
  ["a chunk longer than its size", [`${CHUNKED}2\r\nabc`], /longer than it says/],
  ["a chunk of terabytes", [`${CHUNKED}fffffffffff\r\n`], /over 2 GiB/],
  ["endless digits", [CHUNKED, "0".repeat(2000)], /size of a chunk .* cannot be read/],
  ["an endless extension", [CHUNKED, "1;" + "x".repeat(2000)], /size of a chunk .* cannot be read/],
  ["an endless head", [HEAD, `a: ${"x".repeat(70_000)}`], /larger than 16 KiB/],
  ["endless trailers", [`${CHUNKED}0\r\n`, `a: ${"x".repeat(70_000)}`], /larger than 16 KiB/],
  ["bytes after the end", [`${HEAD}content-length: 1\r\n\r\nab`], /belong to no answer/],
];

for (const [what, reads, said] of REFUSED) {
  Deno.test(`refused with a reason: ${what}`, () => {
    assert.throws(() => hear(reads), (error: Error) => {
      assert.ok(error instanceof HttpProblem);
      assert.match(error.message, said);
      return true;
    });
  });
}

Deno.test("a connection closed in mid-answer is told from one closed before it", () => {
  assert.throws(() => hear([], true), /the server closed the connection$/);
  for (
    const part of [
      HEAD,
      `${CHUNKED}5\r\nHel`,
      `${CHUNKED}1\r\na\r\n`,
      `${HEAD}content-length: 2\r\n\r\na`,
    ]
  ) {
    assert.throws(() => hear([part], true), /closed the connection in mid-answer/);
  }
  const whole = hear([ANSWERS["chunked"]!], true);
  assert.equal(whole.ends, 1);
});
