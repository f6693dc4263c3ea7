/** `bench` with several workers, under the permissions that deno.json gives it. */
import assert from "node:assert/strict";
import { readRunFolder } from "@/records/run_folder.ts";
import { run, start } from "@/test_servers/command_line.ts";
import { processesWith, TempFolder, until } from "@/test_servers/processes.ts";
import { journal, simulated, study, summaryOf } from "@/test_servers/small_study.ts";

Deno.test("two workers measure a trial as one would, and manifest and journal tell of them", async () => {
  using folder = new TempFolder();
  // Long enough for streams of known truth beside it, which take half a second each.
  const level = { concurrency_levels: [5], requests_per_level: 30, max_tokens: 64 };
  const benchmark = { workers: 2, canary: true, ...level };
  const { code, stderr } = await run(study(folder, { sim: simulated(folder) }, benchmark));
  assert.equal(code, 0, stderr);
  const { manifest, trials, requests } = readRunFolder(folder.file("run"));
  assert.deepEqual(manifest.workers, [{ load: "closed 5", count: 2, why: "as configured" }]);
  const [{ outcome, client, workers, canary }] = trials as [typeof trials[number]];
  assert.equal(outcome, "finished");
  assert.deepEqual(workers, { count: 2, why: "as configured" });
  assert.equal(client!.workers!.length, 2);
  assert.equal(client!.connections_opened_before, 5);
  assert.ok(canary!.requests >= 1, `${canary!.requests}`);
  assert.deepEqual([canary!.failed, canary!.error], [0, null]);
  assert.equal(requests.length, 30);
  assert.equal(new Set(requests.map(({ request_index }) => request_index)).size, 30);
  assert.equal(Math.max(...requests.map(({ in_flight }) => in_flight!)), 5);
  const { rows } = await summaryOf(folder);
  assert.equal(rows[0].requests, 30);
  assert.equal(rows[0].failed, 0);
});

Deno.test("Ctrl-C ends the workers, keeps the data and gives exit code 130", async () => {
  using folder = new TempFolder();
  const benchmark = {
    workers: 2,
    concurrency_levels: [2],
    requests_per_level: 2000,
    max_tokens: 8,
  };
  const bench = start(study(folder, { sim: simulated(folder) }, benchmark));
  await until("5 requests are journaled", () => journal(folder, "request").length >= 5);
  bench.kill("SIGINT");
  const { code, stderr } = await bench.ended;
  assert.equal(code, 130, stderr);
  assert.deepEqual(processesWith(folder.path), []);
  const { trials, requests } = readRunFolder(folder.file("run"));
  assert.equal(trials[0]!.outcome, "interrupted");
  assert.ok(requests.length >= 5 && requests.length < 2000);
});

Deno.test("a number of workers that makes no sense is refused where it stands", async () => {
  using folder = new TempFolder();
  const { code, stderr } = await run(study(folder, { sim: simulated(folder) }, { workers: 0 }));
  assert.equal(code, 2);
  assert.match(stderr, /study\.yaml:\d+:\d+ benchmark\.workers/);
});
