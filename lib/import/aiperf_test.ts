import assert from "node:assert/strict";
import { join } from "node:path";
import { e2eMs, tpotMs, ttftFromSendMs } from "@/analysis/request_metrics.ts";
import { imported, near, sample, sampleJson, withFile } from "./testdata/imported.ts";

const REQUESTS = "aiperf_0.13.0/profile_export.jsonl";
const SUMMARY = "aiperf_0.13.0/profile_export_aiperf.json";
const mean = (values: (number | null)[]) =>
  values.reduce<number>((sum, value) => sum + value!, 0) / values.length;

Deno.test("AIPerf's TTFT is from sending, and its ITL is what is TPOT here", async () => {
  const { rows: [row], requests, problems } = await imported(sample(REQUESTS));
  const told = sampleJson(SUMMARY);
  assert.deepEqual(problems, []);
  near(mean(requests.map(ttftFromSendMs)), told.time_to_first_token.avg);
  near(mean(requests.map(tpotMs)), told.inter_token_latency.avg, 1e-4);
  near(mean(requests.map((one) => one.last_token_ms! - one.sent_ms)), told.request_latency.avg);
  assert.equal(row!.output_tokens, told.total_usage_completion_tokens.avg);
  assert.equal(row!.prompt_tokens, told.total_usage_prompt_tokens.avg);
  assert.equal(row!.measured_by, "AIPerf 0.13.0");
});

Deno.test("the third request is scheduled at the end of the first that ended", async () => {
  const { requests } = await imported(sample(REQUESTS));
  const lags = requests.map(({ sent_ms, scheduled_ms }) => sent_ms - scheduled_ms!);
  assert.deepEqual(lags.slice(0, 2), [0, 0]);
  const ends = requests.map(({ end_ms }) => end_ms).sort((a, b) => a - b);
  assert.deepEqual(requests.slice(2).map(({ scheduled_ms }) => scheduled_ms), ends.slice(0, 2));
  assert(e2eMs(requests[2]!)! > requests[2]!.last_token_ms! - requests[2]!.sent_ms);
  assert.deepEqual(requests.map(({ in_flight }) => in_flight), [1, 2, 1, 2]);
});

Deno.test("both files together are one level, whichever is named", async () => {
  for (const files of [[SUMMARY], [SUMMARY, REQUESTS], [REQUESTS, SUMMARY]]) {
    const { rows, problems, requests } = await imported(...files.map(sample));
    assert.deepEqual([rows.length, requests.length, problems], [1, 4, []]);
  }
});

Deno.test("the summary alone fills TPOT and TTFT from sending, if enough requests carry them", async () => {
  const told = sampleJson(SUMMARY);
  const of = async (change: object) => {
    const text = JSON.stringify({ ...told, ...change });
    return (await withFile("profile_export_aiperf.json", text, imported)).rows[0]!;
  };
  const few = await of({});
  assert.deepEqual([few.requests, few.tpot_ms_p50, few.output_tokens], [4, null, 400]);
  const many = { request_count: { avg: 40 } };
  const row = await of(many);
  assert.equal(row.tpot_ms_p50, told.inter_token_latency.p50);
  assert.equal(row.tpot_ms_p90, told.inter_token_latency.p90);
  assert.deepEqual([row.tpot_ms_p99, row.ttft_ms_p50, row.e2e_ms_p50], [null, null, null]);
  assert.equal(row.ttft_from_send_ms_p50, told.time_to_first_token.p50);
  // AIPerf's own tokenizer counted otherwise than the server, so its ITL is over another N.
  const other = await of({ ...many, usage_completion_tokens: { avg: 90, sum: 360 } });
  assert.equal(other.tpot_ms_p50, null);
  const failed = await of({ ...many, error_request_count: { avg: 1 } });
  assert.deepEqual([failed.requests, failed.failed, failed.verdict], [41, 1, "INVALID"]);
});

Deno.test("requests without the summary beside them, and open loads, say what is missing", async () => {
  const lines = Deno.readTextFileSync(sample(REQUESTS));
  await assert.rejects(
    withFile("profile_export.jsonl", lines, imported),
    /not how many ran at once; put profile_export_aiperf\.json of the same run beside it/,
  );
  const told = sampleJson(SUMMARY);
  told.input_config.phases[0].type = "poisson";
  await assert.rejects(
    withFile("a.json", JSON.stringify(told), imported),
    /a load of type poisson; only closed loops/,
  );
});

Deno.test("a key on AIPerf's command line is not taken over", async () => {
  const told = sampleJson(SUMMARY);
  told.run_info.cli_command = "aiperf profile --api-key sk-secret --header 'X: secret' --streaming";
  told.input_config.endpoint.urls = ["http://user:secret@127.0.0.1:8000/v1?key=secret"];
  const { manifest } = await withFile("a.json", JSON.stringify(told), imported);
  assert.doesNotMatch(JSON.stringify(manifest), /secret/);
  assert.match(JSON.stringify(manifest), /--api-key … --header … --streaming/);
});

Deno.test("a damaged summary beside the requests is named", async () => {
  const lines = Deno.readTextFileSync(sample(REQUESTS));
  await assert.rejects(
    withFile("profile_export.jsonl", lines, (path) => {
      Deno.writeTextFileSync(join(path, "..", "profile_export_aiperf.json"), '{"aiperf_version": ');
      return imported(path);
    }),
    /needs profile_export_aiperf\.json beside it, which is no whole JSON/,
  );
});
