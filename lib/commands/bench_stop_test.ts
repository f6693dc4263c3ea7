/** Runs of `bench` that something ends: a signal, a time-out, the death of a server. */
import assert from "node:assert/strict";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { PROBE_REQUESTS } from "@/run/content_probe.ts";
import { start } from "@/test_servers/command_line.ts";
import { processesWith, TempFolder, textOf, until, untilGone } from "@/test_servers/processes.ts";
import { journal, simulated, study, summaryOf } from "@/test_servers/small_study.ts";

/** Requests that are sent before the first trial: whether the server is ready, and the probe's. */
const BEFORE = 1 + PROBE_REQUESTS;

/** Runs long enough to be ended from outside; resolves once some requests are journaled. */
async function startLongRun(folder: TempFolder, engines: object, benchmark: object = {}) {
  const long = { requests_per_level: 2000, max_tokens: 8, ...benchmark };
  const bench = start(study(folder, engines, long));
  await until("5 requests are journaled", () => journal(folder, "request").length >= 5);
  return bench;
}

Deno.test("a server that dies ends its trial and not the run, and its requests are kept", async () => {
  using folder = new TempFolder();
  const engines = {
    a: simulated(folder),
    b: { kind: "simulated", wire: "vllm", decode_ms_base: 0.1 },
  };
  const benchmark = { requests_per_level: 400, max_tokens: 8 };
  const bench = await startLongRun(folder, engines, benchmark);
  const [server] = processesWith(folder.file("truth")).filter((pid) =>
    textOf(`/proc/${pid}/comm`).startsWith("deno") && pid !== bench.pid
  );
  Deno.kill(server!, "SIGKILL");
  const { code, stderr } = await bench.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /failed: block 1 · a · .*: the server failed: something killed it/);
  assert.match(stderr, /\n {2}the server ended during the trial \(exit 137\)\n/);
  const { trials, launches } = readWholeRun(folder.file("run"));
  assert.deepEqual(trials.map(({ outcome }) => outcome), ["failed", "finished"]);
  assert.equal(launches[0]!.exit, "exit 137");
  const { rows } = await summaryOf(folder);
  assert.ok(rows[0].requests >= 5 && rows[0].requests < 400, `${rows[0].requests}`);
});

Deno.test("Ctrl-C stops the engine, keeps the data and gives exit code 130", async () => {
  using folder = new TempFolder();
  const bench = await startLongRun(folder, { sim: simulated(folder) });
  bench.kill("SIGINT");
  const { code, stdout, stderr } = await bench.ended;
  assert.equal(code, 130);
  assert.equal(stdout, `${folder.path}/run\n`);
  assert.match(stderr, /interrupted: stopping the server and keeping what was measured/);
  assert.deepEqual(processesWith(folder.path), []);
  const { trials, launches, requests } = readWholeRun(folder.file("run"));
  assert.equal(trials[0]!.outcome, "interrupted");
  assert.equal(launches[0]!.exit, "exit 0");
  assert.equal(journal(folder, "run").at(-1)!.state, "interrupted");
  assert.ok(requests.length >= 5);
  const { rows, stderr: said } = await summaryOf(folder);
  assert.equal(rows[0].requests, requests.length);
  assert.match(said, /the run did not finish/);
});

Deno.test("Ctrl-C while an engine starts leaves no process", async () => {
  using folder = new TempFolder();
  const bench = start(study(folder, { sim: simulated(folder, "--fault", "hang") }));
  await until("the engine starts", () => processesWith(folder.file("truth")).length > 0);
  bench.kill("SIGINT");
  assert.equal((await bench.ended).code, 130);
  assert.deepEqual(processesWith(folder.path), []);
  assert.equal(journal(folder, "run").at(-1)!.state, "interrupted");
});

Deno.test("a run that is over its time-out stops its engine and keeps what it has", async () => {
  using folder = new TempFolder();
  const slow = { ...simulated(folder), decode_ms_base: 20 };
  const bench = await startLongRun(folder, { sim: slow }, { run_timeout_s: 5 });
  const { stderr } = await bench.ended;
  assert.match(stderr, /the run's time-out of 5 s is over: stopping the server/);
  assert.deepEqual(processesWith(folder.path), []);
  assert.ok((await summaryOf(folder)).rows[0].requests >= 5);
});

Deno.test("kill -9 of a run leaves no process and loses at most the requests in flight", async () => {
  using folder = new TempFolder();
  const users = 4;
  const bench = await startLongRun(folder, { sim: simulated(folder) }, {
    concurrency_levels: [users],
  });
  bench.kill("SIGKILL");
  await bench.ended;
  await untilGone(folder.file("truth"));
  const truths = textOf(folder.file("truth")).trimEnd().split("\n").map((line) => JSON.parse(line));
  const answered = truths.filter(({ outcome }) => outcome === "finished").length - BEFORE;
  const journaled = journal(folder, "request").length;
  assert.ok(journaled >= 5 && answered >= journaled && answered - journaled <= users);
  const { requests, problems } = readWholeRun(folder.file("run"));
  assert.equal(requests.length, journaled);
  assert.match(problems.at(-1)!, /the run did not finish/);
  const { rows, stderr } = await summaryOf(folder);
  assert.equal(rows[0].requests, journaled);
  assert.match(stderr, /the run did not finish/);
});
