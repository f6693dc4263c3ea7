import assert from "node:assert/strict";
import { summarize } from "@/analysis/summary.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { allRequests, heldRequests } from "@/records/trial_requests.ts";
import { costOf } from "./analysis_bench.ts";
import { writeSyntheticRun } from "./synthetic_run.ts";

Deno.test("the bench analyses, compares and charts the run that it invents", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const dir = `${folder}/run`;
    await writeSyntheticRun(dir, { requests: 2400, tokens: 600 });
    const run = readRunFolder(dir);
    const rows = summarize(run);
    assert.deepEqual(
      rows,
      summarize({ ...run, requests: heldRequests(allRequests(run.requests)) }),
    );
    const told = rows.flatMap(({ gates }) => gates.filter(({ gate }) => gate === "drift"));
    assert.ok(told.some(({ value }) => /over 60 s, p/.test(String(value))), "long enough to tell");
    for (const { trial_id } of run.trials) {
      Deno.removeSync(`${dir}/trials/${trial_id}.tokens.json`);
    }
    assert.deepEqual(summarize(readRunFolder(dir)), rows, "without the kept sums");
    for (const row of rows) {
      assert.equal(row.requests, 200);
      assert.ok(Math.abs(row.in_flight_mean! - row.concurrency!) < 0.001, row.trial_id);
      assert.ok(row.output_tokens_per_s! > 0 && row.tpot_ms_p90! > 0, row.trial_id);
    }
    const cost = costOf(dir);
    assert.deepEqual([cost.requests, cost.trials, cost.comparisons > 0], [2400, 12, true]);
    assert.ok(cost.figures > 0 && cost.cpu_s > 0 && cost.rss_mib > 0);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
