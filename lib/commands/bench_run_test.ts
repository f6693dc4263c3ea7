/** Whole runs of `bench`, each a process of its own with the permissions of its task. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { PROBE_REQUESTS } from "@/run/content_probe.ts";
import { PROJECT, run } from "@/test_servers/command_line.ts";
import { processesWith, TempFolder, textOf } from "@/test_servers/processes.ts";
import { type Behaviour, ScriptedServer } from "@/test_servers/scripted_server.ts";
import { external, simulated, study, summaryOf } from "@/test_servers/small_study.ts";

Deno.test("a run prints its folder last on stdout and all else on stderr", async () => {
  using folder = new TempFolder();
  const { code, stdout, stderr } = await run(study(folder, { sim: simulated(folder) }));
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${folder.path}/run\n`);
  assert.match(stderr, /^\[1\/1\] block 1 · sim · prompts · 1 user: 3 requests$/m);
  const { requests, trials, launches, manifest, problems } = readWholeRun(folder.file("run"));
  assert.deepEqual(problems, []);
  assert.deepEqual(manifest.transport, { sim: ["socket"] });
  assert.deepEqual(requests.map(({ failure, output_tokens }) => [failure, output_tokens]), [
    [null, 4],
    [null, 4],
    [null, 4],
  ]);
  const { outcome, window_start_ms, window_end_ms, window } = trials[0]!;
  assert.equal(outcome, "finished");
  assert.deepEqual(window, {
    start_ms: window_start_ms,
    end_ms: window_end_ms,
    cut_s: 0,
    cut_by: null,
    unsteady: [],
    found: "window too short to tell: 0 s of 20 s",
  });
  assert.equal(launches[0]!.exit, "exit 0");
  const { rows } = await summaryOf(folder);
  assert.deepEqual([rows[0].requests, rows[0].failed, rows[0].output_tokens], [3, 0, 12]);
  assert.deepEqual(processesWith(folder.path), []);
});

Deno.test("a key goes to an external server and nowhere else", async () => {
  using folder = new TempFolder();
  await using server = await ScriptedServer.start();
  const args = study(folder, { ext: external(server.baseUrl, { api_key_env: "TRIED_KEY" }) });
  const { code, stdout, stderr } = await run(args, { TRIED_KEY: "sesame-4711" });
  assert.equal(code, 0, stderr);
  assert.equal(server.requests, 1 + PROBE_REQUESTS + 3);
  assert.deepEqual(new Set(server.keys), new Set(["Bearer sesame-4711"]));
  const files = ["manifest.json", "journal.ndjson", "trials/b1-ext-prompts-c1.parquet"];
  for (const text of [stdout, stderr, ...files.map((name) => textOf(folder.file(`run/${name}`)))]) {
    assert.ok(text !== "" && !text.includes("sesame"));
  }
});

const FAILURES: [Behaviour, RegExp][] = [
  ["status-500", /HTTP 500: .*out of memory/],
  ["cut", /closed|terminated/],
  ["no-usage", /no usage in the stream/],
  ["error", /engine died/],
];
for (const [behaviour, said] of FAILURES) {
  Deno.test(`a trial in which every request fails (${behaviour}) is no success`, async () => {
    using folder = new TempFolder();
    // Readiness asks once.
    await using server = await ScriptedServer.start({
      behaviour: (request) => request === 1 ? "answer" : behaviour,
    });
    const args = study(folder, { ext: external(server.baseUrl) });
    const { code, stdout, stderr } = await run(args);
    assert.equal(code, 1);
    assert.equal(stdout, `${folder.path}/run\n`);
    assert.match(
      stderr,
      /failed: block 1 · ext · prompts · 1 user: all 3 requests failed; the first: .*; see the server's log/,
    );
    assert.match(stderr, said);
    assert.match(stderr, /no trial succeeded/);
    const { rows } = await summaryOf(folder);
    assert.deepEqual([rows[0].requests, rows[0].failed, rows[0].verdict], [3, 3, "INVALID"]);
  });
}

Deno.test("a warm-up in which every request fails ends the trial before it measures", async () => {
  using folder = new TempFolder();
  await using server = await ScriptedServer.start({
    behaviour: (request) => request === 1 ? "answer" : "status-500",
  });
  const args = study(folder, { ext: external(server.baseUrl) }, { warmup_requests: 3 });
  const { code, stderr } = await run(args);
  assert.equal(code, 1);
  assert.match(stderr, /all 2 warm-up requests failed; the first: HTTP 500/);
  // Readiness, one question of the probe, two of the warm-up.
  assert.equal(server.requests, 4);
});

Deno.test("some failed requests stay in the data and do not end the run", async () => {
  using folder = new TempFolder();
  const sim = simulated(folder, "--fault", "http-500:3");
  const { code } = await run(study(folder, { sim }, { requests_per_level: 6 }));
  assert.equal(code, 0);
  const { rows } = await summaryOf(folder);
  assert.deepEqual([rows[0].requests, rows[0].failed, rows[0].verdict], [6, 2, "INVALID"]);
});

Deno.test("an unreachable base_url is told with what to check, and the run fails", async () => {
  using folder = new TempFolder();
  const benchmark = { start_timeout_s: 0.3 };
  const args = study(folder, { ext: external("http://127.0.0.1:9/v1") }, benchmark);
  const { code, stdout, stderr } = await run(args);
  assert.equal(code, 1);
  assert.equal(stdout, `${folder.path}/run\n`);
  assert.match(stderr, /failed: ext, block 1: http:\/\/127\.0\.0\.1:9\/v1: not ready after 0\.3 s/);
  assert.match(stderr, /is the server up, and is base_url its API root/);
});

Deno.test("what was measured before an engine that does not start is kept and reported", async () => {
  using folder = new TempFolder();
  const broken = { kind: "simulated", wire: "sglang", extra_args: ["--fault", "exit-at-start"] };
  const engines = { good: simulated(folder), broken };
  const { code, stderr } = await run(study(folder, engines, { seed: 1 }));
  assert.equal(code, 0, stderr);
  assert.match(stderr, /failed: broken, block 1: the server ended before it was ready \(exit 3\)/);
  const { launches, requests } = readWholeRun(folder.file("run"));
  assert.deepEqual(launches.map(({ entry, outcome }) => [entry, outcome]), [
    ["good", "stopped"],
    ["broken", "failed"],
  ]);
  assert.match(launches[1]!.error!, /simulated fault: exit-at-start/);
  assert.equal(requests.length, 3);
  assert.deepEqual((await summaryOf(folder)).rows.map((row: { engine: string }) => row.engine), [
    "good",
  ]);
  const output = `reports/tried-${crypto.randomUUID()}`;
  try {
    const report = await run(["report", folder.file("run"), "--output", output]);
    assert.equal(report.code, 0, report.stderr);
    const page = textOf(join(PROJECT, report.stdout.trimEnd().split("\n").at(-1)!));
    assert.match(page, /broken.*simulated fault: exit-at-start/s);
  } finally {
    Deno.removeSync(join(PROJECT, output), { recursive: true });
  }
});

Deno.test("the client is checked before a run and beside each trial's load", async () => {
  using folder = new TempFolder();
  const longer = { requests_per_level: 20, max_tokens: 16, canary: true };
  const args = study(folder, { sim: simulated(folder) }, longer)
    .filter((arg) => arg !== "--no-calibrate");
  const { code, stderr } = await run(args);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^client: 2 streams, step: \d+ tokens\/s: \|TTFT error\| /m);
  const { manifest, trials } = readWholeRun(folder.file("run"));
  const { canary, calibration } = manifest.client_check!;
  assert.equal(canary, "on any core, since nothing is pinned");
  assert.equal(calibration!.levels[0]!.streams, 2);
  assert.ok(trials[0]!.canary!.requests >= 1, JSON.stringify(trials[0]!.canary));
  assert.equal(trials[0]!.canary!.error, null);
  assert.ok(trials[0]!.client!.gc !== undefined && trials[0]!.client!.steal_share !== null);
  const { rows } = await summaryOf(folder);
  assert.ok(rows[0].canary_ttft_error_ms_p50 >= 0);
  const gates = rows[0].gates.map(({ gate }: { gate: string }) => gate);
  for (const gate of ["Little's law", "canary", "client health", "calibration"]) {
    assert(gates.includes(gate), `${gate} is not among ${gates.join(", ")}`);
  }
});

Deno.test("a study may do without the canary and the calibration, and its record says so", async () => {
  using folder = new TempFolder();
  const { code, stderr } = await run(study(folder, { sim: simulated(folder) }, { canary: false }));
  assert.equal(code, 0, stderr);
  const { manifest, trials } = readWholeRun(folder.file("run"));
  assert.deepEqual(manifest.client_check, {
    canary: "none: the config has `canary: false`",
    calibration: null,
  });
  assert.equal(trials[0]!.canary, undefined);
});
