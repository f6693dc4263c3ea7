import assert from "node:assert/strict";
import { planTrials } from "@/config/plan.ts";
import { parsePrompts } from "@/config/prompts.ts";
import type { Manifest } from "@/records/manifest.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { Progress } from "@/run/progress.ts";
import { runPlan } from "@/run/run_plan.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { configOf, ENTRIES } from "./stand_in_entries.ts";

const never = new AbortController().signal;

Deno.test("a whole small study runs on stand-ins, and is recorded as simulated", async () => {
  using temp = new TempFolder();
  const benchmark = {
    concurrency_levels: [1, 2],
    requests_per_level: 4,
    warmup_requests: 1,
    max_tokens: 5,
    blocks: 1,
    warm_block: false,
  };
  const config = configOf({ s: ENTRIES.sglang, t: ENTRIES.trtllm }, benchmark);
  const plan = planTrials(config);
  const prompts = parsePrompts('{"short": ["One?", "Two?", "Three?", "Four?"]}', "prompts.json");
  const manifest = { form: 1, run_id: "run", config, plan } as Manifest;
  using folder = createRunFolder(temp.file("run"), manifest);
  const sink = { isTerminal: false, columns: 80, write() {} };
  const progress = new Progress(4, sink);
  const context = { config, prompts, folder, progress, signal: never, server_cores: null };
  assert.deepEqual(await runPlan(plan, context), {
    finished: 4,
    failures: [],
    interrupted: false,
  });
  const { launches, requests } = readWholeRun(folder.dir);
  assert.deepEqual(
    launches.map(({ outcome, exit, simulated }) => [outcome, exit, simulated]),
    [["stopped", "exit 0", true], ["stopped", "exit 0", true]],
  );
  const measured = requests.filter(({ phase }) => phase === "measured");
  assert.equal(measured.length, 2 * 2 * 4);
  for (const record of measured) {
    assert.deepEqual([record.failure, record.output_tokens], [null, 5]);
  }
});
