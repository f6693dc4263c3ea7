import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { FailureKind, RequestRecord } from "@/records/request_record.ts";
import { sendLoad } from "@/test_servers/load_phase.ts";
import {
  type Answer,
  answerOf,
  ENDING,
  GOOD,
  joined,
  RawServer,
  type Reply,
  token,
} from "@/test_servers/raw_server.ts";
import { TRANSPORT_NAMES } from "./transport.ts";

const SSE = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
const TEXT = "content-type: text/html; charset=utf-8";
const JSON_TYPE = "content-type: application/json";
const BODY = token("Hi") + token("!") + ENDING;
const CHUNKED = `${SSE}transfer-encoding: chunked\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Bytes that a server sends, and the failure and the words that the record must have. */
type Outcome = { failure: FailureKind | null; says?: RegExp; tokens?: number };
/** Where undici refuses what HTTP allows, it has an outcome of its own. */
type Case = Outcome & {
  sends: Answer;
  undici?: Outcome;
  /** How often at most the next request meets the closing socket and is sent again. */
  resent?: number;
};

/** Writes pieces as reads of their own, as far as the network lets them be. */
const inPieces = (bytes: Uint8Array, size: number): Answer => async (reply) => {
  for (let at = 0; at < bytes.length; at += size) {
    await reply.write(bytes.slice(at, at + size));
    await new Promise((resolve) => setTimeout(resolve));
  }
};
const thenEnd = (data: string | Uint8Array): Answer => async (reply: Reply) => {
  await reply.write(data);
  reply.end();
};
const untilClosed = (head: string, line: string): Answer => async (reply) => {
  await reply.write(head);
  while (!reply.closed()) await reply.write(line);
};

/** What each bad, odd or merely unusual server does to a request. */
const CASES: Record<string, Case> = {
  "closes the connection after its answer": { sends: thenEnd(GOOD), failure: null, resent: 1 },
  "gives neither length nor chunks and ends by closing": {
    sends: thenEnd(`${SSE}\r\n${BODY}`),
    failure: null,
  },
  "sends everything in one burst": { sends: GOOD, failure: null },
  "sends chunks and trailers": {
    sends: `${CHUNKED}trailer: x\r\n\r\n${chunk(BODY)}0\r\nx: 1\r\n\r\n`,
    failure: null,
  },
  "sends comments between its events": {
    sends: answerOf(`: hello\n\n${token("Hi")}: ping\n\n: ping\n\n${token("!")}${ENDING}`),
    failure: null,
  },
  "begins with a byte order mark and ends lines with CRLF": {
    sends: answerOf(`\ufeff${BODY.replaceAll("\n", "\r\n")}`),
    failure: null,
  },
  "sends an event of 1 MB": {
    sends: answerOf(token("x".repeat(1e6)) + token("!") + ENDING),
    failure: null,
  },
  "sends a chunk of 10 MB": {
    sends: `${CHUNKED}\r\n${chunk(token("x".repeat(1e7)))}${chunk(token("!") + ENDING)}0\r\n\r\n`,
    failure: null,
  },
  "splits characters over reads": {
    sends: inPieces(answerOf(token("日本") + token("ü") + ENDING), 7),
    failure: null,
  },
  "sends invalid UTF-8 in a text": {
    sends: answerOf(
      joined(
        'data: {"choices":[{"delta":{"content":"',
        new Uint8Array([0xff, 0xc3, 0x28]),
        '"}}]}\n\n',
        token("!"),
        ENDING,
      ),
    ),
    failure: null,
  },
  "sends 103 Early Hints first": {
    sends: joined("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", GOOD),
    failure: null,
  },
  "answers late": {
    sends: async (reply) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await reply.write(GOOD);
    },
    failure: null,
  },
  "sends 100 Continue unasked": {
    sends: joined("HTTP/1.1 100 Continue\r\n\r\n", GOOD),
    failure: null,
    undici: { failure: "bad_response", says: /100 Continue, which was not asked for/ },
  },
  "never answers": { sends: () => {}, failure: "timeout", says: /no end after 0\.5 s/ },
  "never ends the head of its answer": {
    sends: SSE,
    failure: "timeout",
    says: /no end after 0\.5 s/,
  },
  "sends header lines without end": {
    sends: untilClosed(SSE, "x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(50)),
    failure: "bad_response",
    says: /larger than 16 KiB; is it an inference server/,
  },
  "sends one huge header": {
    sends: `${SSE}x: ${"y".repeat(200_000)}\r\n\r\n${BODY}`,
    failure: "bad_response",
    says: /larger than 16 KiB/,
  },
  "speaks another protocol": {
    sends: "SSH-2.0-OpenSSH_9.2p1\r\n",
    failure: "bad_response",
    says: /does not match the HTTP.*is it an HTTP server/,
  },
  "breaks the chunked form": {
    sends: `${CHUNKED}\r\n${chunk(token("Hi"))}zz\r\n`,
    failure: "stream_cut",
    tokens: 1,
  },
  "promises more bytes than it sends": {
    sends: thenEnd(`${SSE}content-length: 5000\r\n\r\n${token("Hi")}`),
    failure: "stream_cut",
    tokens: 1,
  },
  "compresses its answer": {
    sends: answerOf(
      gzipSync(BODY),
      "content-type: text/event-stream\r\ncontent-encoding: gzip",
    ),
    failure: "bad_response",
    says: /compressed \(content-encoding: gzip\), which was not asked for.*turn compression off/,
  },
  "redirects": {
    sends: answerOf("", "location: https://other.example/v1", "307 Temporary Redirect"),
    failure: "http_status",
    says:
      /^HTTP 307: it points to https:\/\/other\.example\/v1; redirects are not followed.*base_url/,
  },
  "does not stream": {
    sends: answerOf('{"choices":[{"message":{"content":"Hi"}}]}', JSON_TYPE),
    failure: "bad_response",
    says: /^one JSON body \(content-type: application\/json\) instead of a stream/,
  },
  "puts an error into a JSON body with status 200": {
    sends: answerOf('{"error":{"message":"model is loading"}}', JSON_TYPE),
    failure: "bad_response",
    says: /"stream": true: model is loading$/,
  },
  "shows a page": {
    sends: answerOf("<!DOCTYPE html><html><head><title>Sign in</title></head></html>", TEXT),
    failure: "bad_response",
    says: /^an HTML page, "Sign in" instead of a stream; is base_url the API's root/,
  },
  "shows a page with a bad status": {
    sends: answerOf("<html><title>502 Bad Gateway</title></html>", TEXT, "502 Bad Gateway"),
    failure: "http_status",
    says: /^HTTP 502: an HTML page, "502 Bad Gateway"$/,
  },
  "sends something else": {
    sends: answerOf("pong", "content-type: text/plain"),
    failure: "bad_response",
    says: /^no event in a body of content-type text\/plain; .*It began: pong$/,
  },
  "sends nothing after its head": {
    sends: answerOf(""),
    failure: "stream_cut",
    says: /without \[DONE\] after 0 token events/,
  },
  "closes instead of answering": {
    sends: (reply) => reply.end(),
    failure: "connect",
    says: /closed|ended/,
  },
  "sends an error of 1 MB": {
    sends: answerOf(JSON.stringify({ detail: "no ".repeat(300_000) }), JSON_TYPE, "500 Oops"),
    failure: "http_status",
    says: /^HTTP 500: \{"detail":"no (no )+.*…$/,
  },
};

for (const name of TRANSPORT_NAMES) {
  for (const [behaviour, { sends, undici, resent = 0, ...usual }] of Object.entries(CASES)) {
    const { failure, says, tokens } = name === "undici" && undici ? undici : usual;
    const outcome = failure === null ? "is measured" : `fails as ${failure}`;
    Deno.test(`${name}: a server that ${behaviour} ${outcome}, and the next request succeeds`, async () => {
      await using server = await RawServer.start({ answer: (n) => n === 1 ? sends : GOOD });
      const load = { users: 1, requests: 2, timeout_ms: failure === "timeout" ? 500 : 10_000 };
      const { records } = await sendLoad(server.baseUrl, { ...load, transport: name });
      const [first, second] = records as [RequestRecord, RequestRecord];
      assert.equal(first.failure, failure, first.error ?? "");
      assert.equal(first.token_ms.length, tokens ?? (failure === null ? 2 : 0));
      assert.match(first.error ?? "", says ?? /^/);
      assert.ok((first.error ?? "").length <= 300);
      if (failure === null) assert.equal(first.output_tokens, 2);
      assert.deepEqual([second.failure, second.output_tokens], [null, 2], second.error ?? "");
      assert.ok(
        server.requests >= 2 && server.requests <= 2 + resent,
        `${server.requests} requests`,
      );
    });
  }

  Deno.test(`${name}: an answer that breaks HTTP on a used connection is not asked for again`, async () => {
    const sends = `${SSE}x: ${"y".repeat(200_000)}\r\n\r\n`;
    await using server = await RawServer.start({ answer: (n) => n === 2 ? sends : GOOD });
    const { records } = await sendLoad(server.baseUrl, { users: 1, requests: 3, transport: name });
    assert.deepEqual(records.map(({ failure }) => failure), [null, "bad_response", null]);
    assert.equal(server.requests, 3);
  });

  Deno.test(`${name}: an answer without end is broken off before it fills the memory`, async () => {
    const sends = untilClosed(`${SSE}\r\n`, token("x".repeat(1e4)));
    await using server = await RawServer.start({ answer: (n) => n === 1 ? sends : GOOD });
    const load = { users: 1, requests: 2, most_bytes: 1e6, transport: name };
    const { records } = await sendLoad(server.baseUrl, load);
    assert.deepEqual(records.map(({ failure }) => failure), ["bad_response", null]);
    assert.match(records[0]!.error!, /more than 1000000 bytes in one answer/);
  });

  Deno.test(`${name}: the time of the head is that of the answer, not of an early hint`, async () => {
    let answered_ms = 0;
    await using server = await RawServer.start({
      answer: () => async (reply) => {
        await reply.write("HTTP/1.1 103 Early Hints\r\n\r\n");
        await new Promise((resolve) => setTimeout(resolve, 40));
        answered_ms = performance.now();
        await reply.write(GOOD);
      },
    });
    const { records } = await sendLoad(server.baseUrl, { users: 1, requests: 1, transport: name });
    assert.ok(records[0]!.headers_ms! >= answered_ms);
  });
}
