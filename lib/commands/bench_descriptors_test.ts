import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { PROBE_REQUESTS } from "@/run/content_probe.ts";
import { start } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { external, journal, study } from "@/test_servers/small_study.ts";

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

Deno.test("an open loop that comes to need more than there are loses those requests, and the run goes on", async () => {
  using folder = new TempFolder();
  await using silent = await ScriptedServer.start({
    behaviour: (request) => request <= 1 + PROBE_REQUESTS ? "answer" : "silent",
  });
  await using quick = await ScriptedServer.start();
  const engines = { silent: external(silent.baseUrl), quick: external(quick.baseUrl) };
  const args = study(folder, engines, {
    concurrency_levels: [],
    loads: [{ mode: "constant", rates_per_s: [400], requests: 300 }],
    request_timeout_s: 3,
  });
  const { code, stderr } = await start(args, {}, LIMITED).ended;
  assert.equal(code, 0, stderr);
  const outcomes = journal(folder, "trial").map(({ trial_id, outcome }) => [trial_id, outcome]);
  assert.deepEqual(Object.fromEntries(outcomes), {
    "b1-silent-prompts-constant-400": "failed",
    "b1-quick-prompts-constant-400": "finished",
  });
  const lost = journal(folder, "request").filter(({ failure }) => failure === "connect");
  assert.ok(lost.length > 0);
  for (const { trial_id, error } of lost) {
    assert.match(trial_id, /silent/);
    assert.match(error!, /EMFILE.*this process may open no more files; raise `ulimit -n`/);
  }
  assert.equal(journal(folder, "request").length, 600);
});
