import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { PROBE_REQUESTS } from "@/run/content_probe.ts";
import { start } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { external, study } from "@/test_servers/small_study.ts";

/** Runs what follows under a hard limit of 200 file descriptors. */
const LIMITED = ["sh", "-c", 'ulimit -n 200 && exec "$@"', "sh"];

async function benchAt(concurrency: number) {
  using folder = new TempFolder();
  await using server = await ScriptedServer.start();
  const args = study(folder, { ext: external(server.baseUrl) }, {
    concurrency_levels: [1, concurrency],
    requests_per_level: concurrency,
  });
  const ended = await start(args, {}, LIMITED).ended;
  return { ...ended, requests: server.requests, made: existsSync(folder.file("run")) };
}

Deno.test("more connections than file descriptors are refused before anything starts", async () => {
  const { code, stderr, requests, made } = await benchAt(101);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /101 connections at once need 201 file descriptors.*hard limit is 200/);
  assert.match(stderr, /to do: raise it before the start/);
  assert.deepEqual([requests, made], [0, false]);
});

Deno.test("as many connections as the limit is said to carry do run under it", async () => {
  const { code, stderr, requests } = await benchAt(100);
  assert.equal(code, 0, stderr);
  assert.equal(requests, 1 + PROBE_REQUESTS + 2 * 100);
});
