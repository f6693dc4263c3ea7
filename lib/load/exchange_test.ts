import assert from "node:assert/strict";
import { sendLoad } from "@/test_servers/load_phase.ts";
import { type Behaviour, ScriptedServer } from "@/test_servers/scripted_server.ts";
import { freePort } from "@/engines/port.ts";
import { Connection } from "./connection.ts";
import { exchange } from "./exchange.ts";
import { encodeJson } from "./http_socket.ts";
import { type Transport, TRANSPORT_NAMES } from "./transport.ts";

/** A test that each transport is held to. */
function testBoth(name: string, test: (transport: Transport) => Promise<void>): void {
  for (const transport of TRANSPORT_NAMES) {
    Deno.test(`${transport}: ${name}`, () => test(transport));
  }
}

async function failureOf(transport: Transport, behaviour: Behaviour, timeout_ms?: number) {
  await using server = await ScriptedServer.start({ behaviour });
  const load = { transport, users: 1, requests: 1, ...(timeout_ms ? { timeout_ms } : {}) };
  const { records } = await sendLoad(server.baseUrl, load);
  return records[0]!;
}

testBoth("a good answer carries times in order and the counts of usage", async (transport) => {
  const record = await failureOf(transport, "answer");
  assert.equal(record.failure, null);
  assert.deepEqual([record.prompt_tokens, record.output_tokens], [7, 3]);
  assert.equal(record.token_ms.length, 2);
  const { scheduled_ms, sent_ms, headers_ms, first_token_ms, last_token_ms, end_ms } = record;
  const times = [scheduled_ms!, sent_ms, headers_ms!, first_token_ms!, last_token_ms!, end_ms];
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
});

testBoth("a bad status fails the request with the status and the body", async (transport) => {
  const { failure, error, http_status } = await failureOf(transport, "status-500");
  assert.equal(failure, "http_status");
  assert.equal(http_status, 500);
  assert.match(error!, /^HTTP 500: .*out of memory/);
});

testBoth(
  "a connection that breaks in mid-stream is a cut stream, and its token is kept",
  async (transport) => {
    const { failure, error, token_ms } = await failureOf(transport, "cut");
    assert.equal(failure, "stream_cut");
    assert.match(error!, /closed|terminated|ended/);
    assert.equal(token_ms.length, 1);
  },
);

testBoth("an error frame fails the request although usage and [DONE] follow", async (transport) => {
  const { failure, error, output_tokens } = await failureOf(transport, "error");
  assert.deepEqual([failure, error, output_tokens], ["in_stream_error", "engine died", 3]);
});

testBoth("an answer without usage fails since its tokens are not known", async (transport) => {
  const { failure, output_tokens } = await failureOf(transport, "no-usage");
  assert.deepEqual([failure, output_tokens], ["no_usage", null]);
});

testBoth("no answer within the time-out is a time-out", async (transport) => {
  const record = await failureOf(transport, "silent", 200);
  assert.deepEqual([record.failure, record.error], ["timeout", "no end after 0.2 s"]);
  assert.equal(record.headers_ms, null);
  assert.ok(record.end_ms - record.sent_ms >= 195);
});

testBoth(
  "an answer that stops in its middle is a time-out, and its token is kept",
  async (transport) => {
    const { failure, token_ms, http_status } = await failureOf(transport, "half", 200);
    assert.deepEqual([failure, token_ms.length, http_status], ["timeout", 1, 200]);
  },
);

testBoth("a time-out on a used connection is told as one and not sent again", async (transport) => {
  await using server = await ScriptedServer.start({
    behaviour: (request) => request === 1 ? "answer" : "silent",
  });
  const { records } = await sendLoad(server.baseUrl, {
    transport,
    users: 1,
    requests: 2,
    timeout_ms: 1100,
  });
  assert.deepEqual(records.map(({ failure }) => failure), [null, "timeout"]);
  assert.equal(server.requests, 2);
});

testBoth(
  "after a failed request the same user's next one gets a fresh socket and succeeds",
  async (transport) => {
    await using server = await ScriptedServer.start({
      behaviour: (request) => request === 2 ? "cut" : "answer",
    });
    const { records, reopened } = await sendLoad(server.baseUrl, {
      transport,
      users: 1,
      requests: 3,
    });
    assert.deepEqual(records.map(({ failure }) => failure), [null, "stream_cut", null]);
    assert.deepEqual(server.connectionsAtRequest, [1, 1, 2]);
    assert.equal(reopened, 1);
  },
);

testBoth(
  "an abort ends requests in flight as cancelled, and what came of them is kept",
  async (transport) => {
    await using server = await ScriptedServer.start({ behaviour: "half" });
    const run = new AbortController();
    const sent = sendLoad(server.baseUrl, { transport, users: 2, requests: 5, signal: run.signal });
    await server.until(({ requests }) => requests === 2);
    run.abort(new Error("stop"));
    const { records } = await sent;
    assert.deepEqual(records.map(({ failure }) => failure), ["cancelled", "cancelled"]);
    await server.until(({ open }) => open.size === 0);
    assert.equal(server.requests, 2);
  },
);

testBoth("a request that starts after the abort is cancelled at once", async (transport) => {
  await using server = await ScriptedServer.start();
  const connection = new Connection({
    baseUrl: server.baseUrl,
    headers: {},
    habits: { closesUnannounced: false },
    transport,
  });
  await connection.open();
  const request = {
    prompt_id: "p",
    max_tokens: 1,
    body: encodeJson({}),
  };
  const options = { now: () => performance.now(), timeout_ms: 5000, signal: AbortSignal.abort() };
  const seen = await exchange(connection, request, options);
  assert.equal(seen.broken?.failure, "cancelled");
  await connection.close();
  assert.equal(server.requests, 0);
});

testBoth("a server that is gone fails each further request as connect", async (transport) => {
  const server = await ScriptedServer.start();
  let gone: Promise<void> | null = null;
  const { records } = await sendLoad(server.baseUrl, {
    transport,
    users: 1,
    requests: 3,
    onRecord: () => void (gone ??= server[Symbol.asyncDispose]()),
  });
  await gone;
  assert.equal(records.length, 3);
  const { failure, error } = records.at(-1)!;
  assert.equal(failure, "connect");
  assert.match(error!, /ECONNREFUSED|refused/i);
});

testBoth("a connection cannot be opened where nobody listens", async (transport) => {
  const habits = { closesUnannounced: false };
  const baseUrl = `http://127.0.0.1:${freePort(undefined)}/v1`;
  await assert.rejects(
    new Connection({ baseUrl, headers: {}, habits, transport }).open(),
    /ECONNREFUSED/,
  );
});
