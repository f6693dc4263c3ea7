import assert from "node:assert/strict";
import { join } from "node:path";
import { tpotMs, ttftFromSendMs } from "@/analysis/request_metrics.ts";
import { imported, near, sample, sampleJson, withFile } from "./testdata/imported.ts";

const STAGE = "inference_perf_0.7.0/stage_0_lifecycle_metrics.json";
const REQUESTS = "inference_perf_0.7.0/per_request_lifecycle_metrics.json";
const mean = (values: (number | null)[]) =>
  values.reduce<number>((sum, value) => sum + value!, 0) / values.length;

Deno.test("raw chunks give inference-perf's TTFT and TPOT and a throughput of our own", async () => {
  const { rows: [row], requests, problems } = await imported(sample(STAGE));
  const told = sampleJson(STAGE).successes;
  assert.deepEqual(problems, []);
  near(mean(requests.map(ttftFromSendMs)), 1000 * told.latency.time_to_first_token.mean);
  near(mean(requests.map(tpotMs)), 1000 * told.latency.time_per_output_token.mean, 1e-4);
  assert.deepEqual([row!.output_tokens, row!.prompt_tokens, row!.engine], [400, 40, "vllm"]);
  assert.deepEqual(requests.map(({ max_tokens }) => max_tokens), [100, 100, 100, 100]);
  assert(row!.output_tokens_per_s! > 0);
});

Deno.test("chunks without text are no tokens", async () => {
  const lines = sampleJson(REQUESTS);
  for (const { info: { response_metrics: metrics }, start_time } of lines) {
    metrics.response_chunks.unshift(
      JSON.stringify({ choices: [{ delta: { role: "assistant", content: "" } }] }),
    );
    metrics.chunk_times.unshift(start_time + 0.001);
  }
  const { requests } = await withFile(
    "per_request_lifecycle_metrics.json",
    JSON.stringify(lines),
    (path) => {
      Deno.copyFileSync(sample(STAGE), join(path, "..", "stage_0_lifecycle_metrics.json"));
      return imported(path);
    },
  );
  assert.deepEqual(requests.map(({ token_ms }) => token_ms.length), [100, 100, 100, 100]);
  near(mean(requests.map(ttftFromSendMs)), 675.8189);
});

Deno.test("stages ran in turn, so each gets its requests by their start", async () => {
  const stage = sampleJson(STAGE);
  const lines = sampleJson(REQUESTS);
  stage.load_summary.count = 2;
  const second = structuredClone(stage);
  second.load_summary.concurrency = 1;
  const { rows, requests } = await withFile(
    "per_request_lifecycle_metrics.json",
    JSON.stringify(lines),
    (path) => {
      [stage, second].forEach((each, i) => {
        const name = `stage_${i}_lifecycle_metrics.json`;
        Deno.writeTextFileSync(join(path, "..", name), JSON.stringify(each));
      });
      return imported(path);
    },
  );
  assert.deepEqual(rows.map(({ concurrency, requests }) => [concurrency, requests]), [[2, 2], [
    1,
    2,
  ]]);
  near(ttftFromSendMs(requests[0]!), 1239.0029);
});

Deno.test("a stage alone fills TPOT where its tokenizer agreed with the server", async () => {
  const stage = sampleJson(STAGE);
  Object.assign(stage.load_summary, { count: 40 });
  const of = async () =>
    (await withFile("stage_0_x.json", JSON.stringify(stage), imported)).rows[0]!;
  const row = await of();
  near(row.tpot_ms_p50, 12.7157, 1e-4);
  near(row.ttft_from_send_ms_p50, 655.72, 1e-3);
  assert.deepEqual([row.ttft_ms_p50, row.e2e_ms_p50, row.output_tokens_per_s], [null, null, null]);
  stage.successes.token_count_mismatches = 3;
  assert.equal((await of()).tpot_ms_p50, null);
});

Deno.test("the summary over all stages, a lone request file and other counts are refused", async () => {
  const summary = "inference_perf_0.7.0/summary_lifecycle_metrics.json";
  await assert.rejects(imported(sample(summary)), /sums up all stages/);
  const text = Deno.readTextFileSync(sample(REQUESTS));
  await assert.rejects(withFile("a.json", text, imported), /put stage_0_lifecycle_metrics\.json/);
  const stage = sampleJson(STAGE);
  stage.load_summary.count = 5;
  await assert.rejects(
    withFile("per_request_lifecycle_metrics.json", text, (path) => {
      const beside = join(path, "..", "stage_0_lifecycle_metrics.json");
      Deno.writeTextFileSync(beside, JSON.stringify(stage));
      return imported(path);
    }),
    /holds 4 requests, but its stages count 5/,
  );
});
