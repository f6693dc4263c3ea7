import assert from "node:assert/strict";
import { serverTimeRows } from "@/analysis/server_times.ts";
import { summarize } from "@/analysis/summary.ts";
import { planTrials } from "@/config/plan.ts";
import { parsePrompts } from "@/config/prompts.ts";
import { parseConfig } from "@/config/read_config.ts";
import type { Manifest } from "@/records/manifest.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import { readHeldRun } from "@/records/testdata/whole_run.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import type { GpuGuard } from "./gpu_guard.ts";
import { Progress } from "./progress.ts";
import { runPlan } from "./run_plan.ts";

/** Runs a study of one entry; `started` tells whether its program was ever run. */
async function runOn(entry: object, benchmark: object, gpu: GpuGuard | null = null) {
  using temp = new TempFolder();
  const text = JSON.stringify({ engines: { a: entry }, benchmark: { blocks: 1, ...benchmark } });
  const { config } = parseConfig(text, "study.json");
  const plan = planTrials(config);
  const prompts = parsePrompts('{"short": ["One?", "Two?", "Three?", "Four?"]}', "prompts.json");
  const manifest = { form: 1, run_id: "run", config, plan } as Manifest;
  using folder = createRunFolder(temp.file("run"), manifest);
  const sink = { isTerminal: false, columns: 80, write: () => {} };
  const progress = new Progress(plan.launches.flatMap(({ trials }) => trials).length, sink);
  const { signal } = new AbortController();
  const context = { config, prompts, folder, progress, signal, server_cores: null, gpu };
  const result = await runPlan(plan, context);
  return { result, data: readHeldRun(folder.dir), log: textOf(folder.logPath("b1-a")) };
}

for (const wire of ["vllm", "sglang", "tensorrt-llm"]) {
  Deno.test(`a simulated ${wire} server with fewer places than users is found queue-limited`, async () => {
    const { data } = await runOn(
      { kind: "simulated", wire, max_sequences: 2, decode_ms_base: 10 },
      {
        concurrency_levels: [4],
        requests_per_level: 16,
        warmup_requests: 4,
        max_tokens: 16,
        telemetry_interval_s: 0.1,
      },
    );
    assert.deepEqual(data.problems, []);
    const [row] = summarize(data);
    assert.ok(row!.server_samples >= 5, `${row!.server_samples} samples`);
    assert.ok(row!.server_running_mean! <= 2 && row!.server_running_mean! > 1.5);
    assert.ok(row!.server_waiting_mean! > 0.5);
    assert.ok(row!.kv_use_peak! > 0 && row!.kv_use_peak! < 1);
    assert.ok(row!.reasons.some((reason) => /^running_on_server: queue-limited/.test(reason)));
    const times = serverTimeRows(data);
    assert.deepEqual(times.map(({ time, source }) => [time, source]), [
      ["ttft", "means"],
      ["tpot", "means"],
    ]);
    const { server } = data.launches[0]!.telemetry!;
    assert.deepEqual([server!.failures, server!.samples], [0, data.telemetry.server.length]);
    assert.equal(data.launches[0]!.telemetry!.gpu, null);
  });
}

Deno.test("nothing is launched while the GPU is not empty, and the record names who holds it", async () => {
  const gpu = { untilEmpty: () => Promise.resolve("pid 4711 still holds GPU memory") };
  const { result, data, log } = await runOn({ kind: "vllm", executable: "/bin/false" }, {}, gpu);
  assert.equal(log, "");
  assert.match(result.failures[0]!, /not launched, since the GPU is not empty: pid 4711/);
  const [launch] = data.launches;
  assert.deepEqual([launch!.outcome, launch!.failure], ["failed", "gpu_busy"]);
});

Deno.test("an entry that uses no GPU does not wait for one", async () => {
  const gpu = { untilEmpty: () => Promise.reject(new Error("it was asked")) };
  const benchmark = { concurrency_levels: [1], requests_per_level: 1, max_tokens: 2 };
  const { result } = await runOn({ kind: "simulated", wire: "vllm" }, benchmark, gpu);
  assert.equal(result.finished, 1);
});
