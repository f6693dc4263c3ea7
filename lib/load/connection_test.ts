import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { sendLoad } from "@/test_servers/load_phase.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { Connection } from "./connection.ts";
import { encodeJson } from "./http_socket.ts";
import { type Transport, TRANSPORT_NAMES } from "./transport.ts";

/** A test that each transport is held to. */
function testBoth(name: string, test: (transport: Transport) => Promise<void>): void {
  for (const transport of TRANSPORT_NAMES) {
    Deno.test(`${transport}: ${name}`, () => test(transport));
  }
}

const newConnection = (
  transport: Transport,
  baseUrl: string,
  habits = { closesUnannounced: false },
) => new Connection({ baseUrl, headers: {}, habits, transport });
const failures = (records: { failure: unknown; error: unknown }[]) =>
  records.filter(({ failure }) => failure !== null).map(({ error }) => error);

testBoth("a request finds its socket open and no later one opens another", async (transport) => {
  await using server = await ScriptedServer.start();
  const { records, reopened } = await sendLoad(server.baseUrl, {
    transport,
    users: 3,
    requests: 12,
  });
  assert.deepEqual(failures(records), []);
  assert.deepEqual(server.connectionsAtRequest, new Array(12).fill(3));
  assert.equal(reopened, 0);
});

testBoth("an announced max=2 is honoured before the server enforces it", async (transport) => {
  await using server = await ScriptedServer.start({ maxAnswers: 2 });
  const { records, reopened, habits } = await sendLoad(server.baseUrl, {
    transport,
    users: 1,
    requests: 6,
  });
  assert.deepEqual(failures(records), []);
  assert.equal(server.requests, 6);
  assert.deepEqual(server.connectionsAtRequest, [1, 1, 2, 2, 3, 3]);
  assert.equal(reopened, 2);
  assert.equal(habits.closesUnannounced, false);
});

testBoth("an announced close is honoured before the next request", async (transport) => {
  await using server = await ScriptedServer.start({ behaviour: "close-announced" });
  const { records, reopened, habits } = await sendLoad(server.baseUrl, {
    transport,
    users: 2,
    requests: 6,
  });
  assert.deepEqual(failures(records), []);
  assert.equal(server.requests, 6);
  assert.equal(server.connections, 6);
  assert.equal(reopened, 4);
  assert.equal(habits.closesUnannounced, false);
});

testBoth("an idle time-out announced as one second is not waited for", async (transport) => {
  await using server = await ScriptedServer.start({ keepAlive_s: 1 });
  const { records, reopened } = await sendLoad(server.baseUrl, {
    transport,
    users: 1,
    requests: 3,
  });
  assert.deepEqual(failures(records), []);
  assert.deepEqual(server.connectionsAtRequest, [1, 2, 3]);
  assert.equal(reopened, 2);
});

testBoth(
  "closes without a word cost no failed request and are counted as reopened",
  async (transport) => {
    await using server = await ScriptedServer.start({ behaviour: "close-unannounced" });
    const { records, reopened } = await sendLoad(server.baseUrl, {
      transport,
      users: 4,
      requests: 40,
    });
    assert.deepEqual(failures(records), []);
    assert.equal(records.length, 40);
    assert.ok(server.requests - 40 <= 4, `${server.requests - 40} requests were heard twice`);
    assert.ok(reopened >= 36, `${reopened} of 36 reopened connections were counted`);
  },
);

testBoth(
  "a request that meets a closed socket is sent once more, once for each connection",
  async (transport) => {
    await using server = await ScriptedServer.start({ behaviour: "close-late" });
    const load = { transport, users: 3, requests: 15 };
    const { records, reopened, habits } = await sendLoad(server.baseUrl, load);
    assert.deepEqual(failures(records), []);
    assert.equal(records.length, 15);
    assert.equal(habits.closesUnannounced, true);
    const heardTwice = server.requests - 15;
    assert.ok(heardTwice >= 1 && heardTwice <= 3, `${heardTwice} requests were heard twice`);
    assert.equal(reopened, 12);
  },
);

for (
  const [headers, reopens] of [
    [{ connection: "close" }, true],
    [{ connection: "Close" }, true],
    [{ "keep-alive": "timeout=1, max=100" }, true],
    [{ "keep-alive": "timeout=5, max=1" }, true],
    [{ "keep-alive": "timeout=5, max=2" }, false],
    [{}, false],
  ] as const
) {
  const what = JSON.stringify(headers);
  testBoth(
    `after an answer with ${what} the socket is ${reopens ? "replaced" : "kept"}`,
    async (transport) => {
      await using server = await ScriptedServer.start();
      const connection = newConnection(transport, server.baseUrl);
      await connection.open();
      connection.noteHeaders(headers);
      connection.noteEnd();
      assert.equal(await connection.prepare(), reopens);
      assert.equal(connection.reopened, reopens ? 1 : 0);
      await connection.close();
    },
  );
}

testBoth(
  "a server known to close without a word gets a fresh socket before each request",
  async (transport) => {
    await using server = await ScriptedServer.start();
    const connection = newConnection(transport, server.baseUrl, { closesUnannounced: true });
    await connection.open();
    assert.equal(await connection.prepare(), false);
    connection.noteEnd();
    assert.equal(await connection.prepare(), true);
    await server.until(({ connections }) => connections === 2);
    assert.equal(connection.reopened, 1);
    await connection.close();
  },
);

testBoth(
  "a socket that the server closed before its first request is replaced",
  async (transport) => {
    await using server = await ScriptedServer.start();
    const connection = newConnection(transport, server.baseUrl);
    await connection.open();
    await server.until(({ open }) => open.size === 1);
    for (const socket of server.open) socket.destroy();
    while (!(await connection.prepare())) await new Promise((resolve) => setImmediate(resolve));
    await server.until(({ connections }) => connections === 2);
    assert.equal(connection.reopened, 1);
    await connection.close();
  },
);

testBoth("a connection that was never used is closed, too", async (transport) => {
  await using server = await ScriptedServer.start();
  const connection = newConnection(transport, server.baseUrl);
  await connection.open();
  await server.until(({ open }) => open.size === 1);
  await connection.close();
  await server.until(({ open }) => open.size === 0);
});

testBoth(
  "a key goes with each request and the path is below the root of the API",
  async (transport) => {
    const { promise, resolve } = Promise.withResolvers<[string, string | null]>();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        resolve([new URL(request.url).pathname, request.headers.get("authorization")]);
        return new Response("{}");
      },
    );
    const baseUrl = `http://127.0.0.1:${server.addr.port}/proxy/v1`;
    const connection = new Connection({
      baseUrl,
      headers: { authorization: "Bearer k" },
      habits: { closesUnannounced: false },
      transport,
    });
    await connection.open();
    const ended = Promise.withResolvers<void>();
    connection.post("/chat/completions", encodeJson({}), {
      now: () => 0,
      onHead() {},
      onBytes() {},
      onEnd: () => ended.resolve(),
      onError: ended.reject,
    });
    assert.deepEqual(await promise, ["/proxy/v1/chat/completions", "Bearer k"]);
    await ended.promise;
    await connection.close();
  },
);

testBoth("a socket that waited long for its first request is opened anew", async (transport) => {
  await using server = await ScriptedServer.start();
  let now_ms = 0;
  const habits = { closesUnannounced: false };
  const options = { baseUrl: server.baseUrl, headers: {}, habits, transport, now: () => now_ms };
  const connection = new Connection(options);
  try {
    await connection.open();
    assert.equal(await connection.prepare(), false);
    now_ms += 4000;
    assert.equal(await connection.prepare(), true);
    assert.equal(connection.reopened, 1);
  } finally {
    await connection.close();
  }
});
