import assert from "node:assert/strict";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { ConnectionPool } from "./connection_pool.ts";

const OPTIONS = { headers: {}, habits: { closesUnannounced: false } };

Deno.test("spare connections are open before they are needed, and more are opened while they are in use", async () => {
  await using server = await ScriptedServer.start();
  const pool = new ConnectionPool([server.baseUrl], OPTIONS, 2);
  await pool.open();
  await server.until(({ connections }) => connections === 2);
  const [first, second] = [await pool.take(), await pool.take()];
  assert.notEqual(first, second);
  assert.equal(pool.openedLate, 0);
  pool.ahead();
  await server.until(({ connections }) => connections === 4);
  pool.ahead();
  pool.release(first);
  assert.equal(pool.connections.length, 4);
  await pool.close();
  await server.until(({ open }) => open.size === 0);
});

Deno.test("where none is ready one is opened, late, and counted", async () => {
  await using server = await ScriptedServer.start();
  const pool = new ConnectionPool([server.baseUrl], OPTIONS, 1);
  await pool.open();
  const [first, second] = [await pool.take(), await pool.take()];
  assert.equal(pool.openedLate, 1);
  assert.deepEqual([first, second].map((each) => pool.numberOf(each)), [0, 1]);
  await pool.close();
});

Deno.test("a connection that the server closed is not handed out", async () => {
  await using server = await ScriptedServer.start();
  const pool = new ConnectionPool([server.baseUrl], OPTIONS, 1);
  await pool.open();
  await server.until(({ connections }) => connections === 1);
  for (const socket of server.open) socket.destroy();
  await server.until(({ open }) => open.size === 0);
  const connection = await pool.take();
  assert.ok(connection.fit);
  await pool.close();
});

Deno.test("replicas are used in turn", async () => {
  await using one = await ScriptedServer.start();
  await using two = await ScriptedServer.start();
  const pool = new ConnectionPool([one.baseUrl, two.baseUrl], OPTIONS, 4);
  await pool.open();
  await one.until(({ connections }) => connections === 2);
  await two.until(({ connections }) => connections === 2);
  await pool.close();
});

Deno.test("a pool to a server that is not there does not open", async () => {
  const pool = new ConnectionPool(["http://127.0.0.1:1/v1"], OPTIONS, 2);
  await assert.rejects(pool.open());
  await pool.close();
});
