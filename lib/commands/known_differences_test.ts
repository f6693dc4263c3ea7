/** Whole runs over real sockets whose truth is known, since the engines are simulated. */
import assert from "node:assert/strict";
import type { Comparison } from "@/analysis/comparison_row.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { study } from "@/test_servers/small_study.ts";

/** Decode steps long enough that what else runs on the machine is small beside them. */
const paced = (decode_ms_base: number) => ({
  kind: "simulated",
  wire: "vllm",
  prefill_ms_per_token: 0.05,
  decode_ms_base,
});

Deno.test("an entry against itself is never called better; a slower one is found, and by which of the two", async () => {
  using folder = new TempFolder();
  const engines = { one: paced(30), same: paced(30), slower: paced(90) };
  const benchmark = {
    concurrency_levels: [2],
    requests_per_level: 12,
    warmup_requests: 4,
    max_tokens: 6,
    blocks: 3,
    seed: 7,
  };
  const measured = await run(study(folder, engines, benchmark));
  assert.equal(measured.code, 0, measured.stderr);
  const { stdout } = await run(["compare", folder.file("run"), "--json"]);
  const rows = JSON.parse(stdout) as Comparison[];
  const said = ({ verdict, winner, a, b, metric, sentence }: Comparison) => ({
    sentence,
    metric,
    pair: [a, b].toSorted().join(" and "),
    better: verdict === "better" ? (winner === "a" ? a : b) : null,
  });
  const found = rows.map(said);
  const twins = found.filter(({ pair }) => pair === "one and same");
  assert.deepEqual(twins.map(({ metric }) => metric).toSorted(), [
    "output_tokens_per_s",
    "tpot_ms_p50",
    "ttft_ms_p50",
  ]);
  for (const { better, sentence } of twins) assert.equal(better, null, sentence);
  for (const { better, sentence } of found) assert.notEqual(better, "slower", sentence);
  for (const twin of ["one", "same"]) {
    const row = found.find(({ metric, pair }) =>
      metric === "tpot_ms_p50" && pair === `${twin} and slower`
    )!;
    assert.equal(row.better, twin, row.sentence);
  }
  const text = (await run(["compare", folder.file("run")])).stdout;
  assert.match(text, /Simulated, exploratory: No clear winner between /);
});
