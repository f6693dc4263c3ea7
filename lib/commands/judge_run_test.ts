import assert from "node:assert/strict";
import { runFindings } from "@/analysis/run_findings.ts";
import { planTrials } from "@/config/plan.ts";
import { parsePrompts } from "@/config/prompts.ts";
import { parseConfig } from "@/config/read_config.ts";
import type { Manifest } from "@/records/manifest.ts";
import { createRunFolder, readRunFolder } from "@/records/run_folder.ts";
import { readHeldRun } from "@/records/testdata/whole_run.ts";
import { Progress } from "@/run/progress.ts";
import { runPlan } from "@/run/run_plan.ts";
import type { RunJudge } from "@/run/study_launches.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { judgeRun } from "./judge_run.ts";

/** Slow enough that what else runs on the machine spoils no trial. */
const STEADY = { kind: "simulated", prefill_ms_per_token: 2, decode_ms_base: 3 };

/** Runs a study of two simulated entries under `judge`, which gets the run folder's path. */
async function run(
  benchmark: object,
  judge: (dir: string, folder: ReturnType<typeof createRunFolder>) => RunJudge,
) {
  using temp = new TempFolder();
  const engines = { a: { ...STEADY, wire: "vllm" }, b: { ...STEADY, wire: "vllm" } };
  const rest = { max_tokens: 8, requests_per_level: 10, warmup_requests: 1, blocks: 2 };
  const text = JSON.stringify({
    model: { name: "m" },
    engines,
    benchmark: { ...rest, concurrency_levels: [1, 2], ...benchmark },
  });
  const { config } = parseConfig(text, "study.json");
  const plan = planTrials(config);
  const prompts = parsePrompts('{"short": ["One?", "Two?", "Three?", "Four?"]}', "prompts.json");
  const manifest = { form: 1, run_id: "run", config, plan, models: {}, versions: {}, machine: {} };
  const dir = temp.file("run");
  using folder = createRunFolder(dir, manifest as unknown as Manifest);
  const sink = { isTerminal: false, columns: 80, write: () => {} };
  const signal = new AbortController().signal;
  const context = { config, prompts, folder, signal, progress: new Progress(8, sink) };
  const result = await runPlan(plan, { ...context, server_cores: null, judge: judge(dir, folder) });
  return { result, data: readHeldRun(dir) };
}

Deno.test("a cell that the environment spoilt is run again for both entries and replaces the first", async () => {
  const spoilt = "b1-a-prompts-c2";
  const { data } = await run({}, (dir, { journal }) => ({
    decided: () => false,
    lost() {
      // As if the machine had gone to sleep in that trial.
      const record = readRunFolder(dir).trials.find(({ trial_id }) => trial_id === spoilt)!;
      journal.append({ type: "trial", ...record, outcome: "interrupted", error: "asleep" });
      return judgeRun(dir).lost();
    },
  }));
  const { summary, comparisons } = runFindings(data);
  const roles = summary.filter(({ block, concurrency }) => block === 1 && concurrency === 2)
    .map(({ trial_id, role }) => `${trial_id} ${role}`).toSorted();
  assert.deepEqual(roles, [
    "b1-a-again-prompts-c2 compared",
    "b1-a-prompts-c2 replaced",
    "b1-b-again-prompts-c2 compared",
    "b1-b-prompts-c2 replaced",
  ]);
  const pair = comparisons.find(({ load, metric }) =>
    load === "closed 2" && metric === "output_tokens_per_s"
  )!;
  assert.deepEqual([pair.blocks, pair.lost_blocks], [2, 0]);
});

Deno.test("a sound run loses nothing, and one whose primary pair is inconclusive goes on", async () => {
  const asked: boolean[] = [];
  const { data, result } = await run({ looks: [2, 3] }, (dir) => {
    const judge = judgeRun(dir);
    return {
      decided() {
        asked.push(judge.decided());
        return false;
      },
      lost() {
        const lost = judge.lost();
        assert.deepEqual(lost, []);
        return lost;
      },
    };
  });
  assert.equal(asked.length, 1, "the last look is the end of the plan");
  assert.equal(result.finished, 3 * 2 * 2);
  const primary = runFindings(data).comparisons.filter(({ use_cases }) => use_cases.length > 0);
  assert.deepEqual(primary.map(({ load, metric }) => [load, metric]), [
    ["closed 2", "output_tokens_per_s"],
  ]);
});
