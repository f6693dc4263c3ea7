import assert from "node:assert/strict";
import { imported, near, sample, sampleJson, withFile } from "./testdata/imported.ts";

const SAMPLE = "genai_bench_0.0.5/small_2x4.json";

Deno.test("genai-bench gives the TTFT from sending; what counts to the stream's end stays empty", async () => {
  const { rows: [row], requests, manifest, problems } = await imported(sample(SAMPLE));
  const { aggregated_metrics: told } = sampleJson(SAMPLE);
  assert.deepEqual(problems, []);
  near(row!.ttft_from_send_ms_p50, told.stats.ttft.p50);
  assert.deepEqual([row!.requests, row!.output_tokens], [told.num_requests, 600]);
  const { ttft_ms_p50, tpot_ms_p50, e2e_ms_p50, output_tokens_per_s } = row!;
  assert.deepEqual(
    [ttft_ms_p50, tpot_ms_p50, e2e_ms_p50, output_tokens_per_s],
    [null, null, null, null],
  );
  assert.equal(requests[0]!.last_token_ms, null);
  const [from] = manifest.imported!;
  assert.match(from!.limits.join(), /TPOT and its end-to-end latency count to that end/);
  assert.deepEqual(
    from!.reported.find(({ name }) => name === "tpot p50")!.value,
    told.stats.tpot.p50,
  );
  assert.equal(row!.measured_by, "genai-bench 0.0.5");
  assert.equal(row!.engine, "vLLM");
});

Deno.test("the unit is seen from the speeds; where there are none, seconds are assumed and said", async () => {
  const file = sampleJson(SAMPLE);
  const of = () => withFile("level.json", JSON.stringify(file), imported);
  const told = file.individual_request_metrics[0].ttft;
  near((await of()).requests[0]!.first_token_ms, told);
  for (const one of file.individual_request_metrics) one.output_inference_speed = null;
  const { requests, manifest } = await of();
  near(requests[0]!.first_token_ms, 1000 * told, 1);
  assert.match(manifest.imported![0]!.limits.join(), /default, seconds, is assumed/);
});
