import assert from "node:assert/strict";
import { tpotMs, ttftFromSendMs } from "@/analysis/request_metrics.ts";
import { imported, near, sample, sampleJson, withFile } from "./testdata/imported.ts";

const SAMPLE = "guidellm_0.8.1/benchmarks.json";
const mean = (values: (number | null)[]) =>
  values.reduce<number>((sum, value) => sum + value!, 0) / values.length;

Deno.test("GuideLLM's TTFT is from sending, its ITL is TPOT, its TPOT is not", async () => {
  const { rows: [row], requests, problems } = await imported(sample(SAMPLE));
  const told = sampleJson(SAMPLE).benchmarks[0].metrics;
  assert.deepEqual(problems, []);
  near(mean(requests.map(ttftFromSendMs)), told.time_to_first_token_ms.successful.mean);
  near(mean(requests.map(tpotMs)), told.inter_token_latency_ms.successful.mean, 1e-4);
  assert(mean(requests.map(tpotMs)) < told.time_per_output_token_ms.successful.mean - 0.5);
  assert.deepEqual([row!.requests, row!.output_tokens, row!.prompt_tokens], [4, 400, 40]);
  assert.equal(row!.measured_by, "GuideLLM 0.8.1");
});

Deno.test("without each token's time there is no throughput, but requests and in flight", async () => {
  const { rows: [row], manifest } = await imported(sample(SAMPLE));
  assert.equal(row!.output_tokens_per_s, null);
  assert(row!.requests_per_s! > 0);
  assert(row!.in_flight_mean! > 1.9 && row!.in_flight_mean! <= 2);
  const [from] = manifest.imported!;
  assert.match(from!.limits.join(), /not each one's, so throughput in a window stays empty/);
  assert.match(from!.said.join(), /likely bottlenecked by the data generation/);
  // The slots were free 15 to 17 ms before GuideLLM sent again.
  assert(row!.send_lag_ms_p99! > 15);
  assert.match(row!.reasons.join(), /send lag/);
});

Deno.test("other strategies are left out or refused, errors count, cut-off requests do not", async () => {
  const file = sampleJson(SAMPLE);
  const [one] = file.benchmarks;
  const open = structuredClone(one);
  open.config.strategy = { type_: "poisson" };
  const text = (benchmarks: unknown[]) => JSON.stringify({ ...file, benchmarks });
  const { rows, manifest } = await withFile("a.json", text([one, open]), imported);
  assert.equal(rows.length, 1);
  assert.match(manifest.imported![0]!.limits.join(), /levels of the strategy poisson/);
  await assert.rejects(withFile("a.json", text([open]), imported), /the strategy poisson; only/);

  const [errored, incomplete] = one.requests.successful.splice(2);
  errored.info.error = "HTTP 500";
  Object.assign(one.requests, { errored: [errored], incomplete: [incomplete] });
  const failed = await withFile("a.json", text([one]), imported);
  assert.deepEqual([failed.rows[0]!.requests, failed.rows[0]!.failed], [3, 1]);
  assert.match(failed.rows[0]!.reasons.join(), /reported \(HTTP 500\)/);
  assert.match(failed.manifest.imported![0]!.limits.join(), /1 requests that were still running/);
});
