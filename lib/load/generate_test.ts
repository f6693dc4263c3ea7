import assert from "node:assert/strict";
import { sendLoad } from "@/test_servers/load_phase.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";

Deno.test("exactly N requests are sent, never more than C at once, and both sides count alike", async () => {
  const server: ScriptedServer = await ScriptedServer.start({
    // The first answers wait until all users have sent.
    hold: (request) => request > 4 ? Promise.resolve() : server.until((s) => s.requests >= 4),
  });
  const { records } = await sendLoad(server.baseUrl, { users: 4, requests: 25 });
  await server[Symbol.asyncDispose]();
  assert.equal(server.requests, 25);
  assert.equal(server.mostInFlight, 4);
  assert.equal(Math.max(...records.map(({ in_flight }) => in_flight!)), 4);
  const indexes = records.map(({ request_index }) => request_index).sort((a, b) => a - b);
  assert.deepEqual(indexes, Array.from({ length: 25 }, (_, i) => i));
  const asked = server.bodies.map((body) => JSON.parse(body).messages[0].content);
  assert.equal(new Set(asked).size, 25);
});

Deno.test("the window ends with the first answer after which no request is left to send", async () => {
  const release = Promise.withResolvers<void>();
  await using server = await ScriptedServer.start({
    hold: (request) => request === 1 ? release.promise : Promise.resolve(),
  });
  let done = 0;
  const { records, window_end_ms } = await sendLoad(server.baseUrl, {
    users: 2,
    requests: 5,
    onRecord: () => void (++done === 4 && release.resolve()),
  });
  const byEnd = records.toSorted((a, b) => a.end_ms - b.end_ms);
  assert.equal(byEnd.at(-1)!.request_index, 0);
  assert.equal(window_end_ms, byEnd.at(-2)!.end_ms);
  assert.equal(byEnd.at(-2)!.request_index, 4);
});

Deno.test("a user's next request is scheduled when its last answer ended", async () => {
  await using server = await ScriptedServer.start();
  const { records } = await sendLoad(server.baseUrl, { users: 1, requests: 3 });
  for (const i of [1, 2]) assert.equal(records[i]!.scheduled_ms, records[i - 1]!.end_ms);
});

Deno.test("one user with one request is a whole phase", async () => {
  await using server = await ScriptedServer.start();
  const { records, window_end_ms } = await sendLoad(server.baseUrl, { users: 1, requests: 1 });
  assert.equal(server.requests, 1);
  assert.equal(records[0]!.in_flight, 1);
  assert.equal(window_end_ms, records[0]!.end_ms);
});
