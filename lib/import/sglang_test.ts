import assert from "node:assert/strict";
import { tpotMs, ttftFromSendMs, ttftMs } from "@/analysis/request_metrics.ts";
import { imported, near, sample, sampleJson, withFile } from "./testdata/imported.ts";

const SAMPLE = "sglang_0.5.23/out.jsonl";
const mean = (values: (number | null)[]) =>
  values.reduce<number>((sum, value) => sum + value!, 0) / values.length;

Deno.test("single requests: TTFT from sending is SGLang's, TPOT ends at the last token", async () => {
  const { requests, problems } = await imported(sample(SAMPLE));
  const told = sampleJson(SAMPLE);
  assert.deepEqual(problems, []);
  assert.equal(requests.length, told.completed);
  near(mean(requests.map(ttftFromSendMs)), told.mean_ttft_ms);
  // By hand: the mean of each request's gaps over 99. SGLang ends at [DONE], 0.2 µs a token later.
  near(mean(requests.map(tpotMs)), 9.872493, 1e-4);
  assert.notEqual(mean(requests.map(tpotMs)).toFixed(4), told.mean_tpot_ms.toFixed(4));
});

Deno.test("without send times there is no schedule, no window and no count in flight", async () => {
  const { rows: [row], requests, manifest } = await imported(sample(SAMPLE));
  assert.deepEqual(requests.map(ttftMs), [null, null, null, null]);
  const { ttft_ms_p50, e2e_ms_p50, output_tokens_per_s, in_flight_mean, send_lag_ms_p99 } = row!;
  assert.deepEqual(
    [ttft_ms_p50, e2e_ms_p50, output_tokens_per_s, in_flight_mean, send_lag_ms_p99],
    [null, null, null, null, null],
  );
  assert.equal(row!.verdict, "SUSPECT");
  assert.match(row!.reasons.join(), /in flight: not known, the file does not tell/);
  assert.match(manifest.imported![0]!.limits.join(), /no send times/);
});

Deno.test("each line is a level; bare Infinity and NaN are read as Python wrote them", async () => {
  const line = Deno.readTextFileSync(sample(SAMPLE)).trim();
  assert.match(line, /"request_rate": Infinity/);
  const next = line.replace('"max_concurrency": 2', '"max_concurrency": 4')
    .replace(/"median_itl_ms": [\d.]+/, '"median_itl_ms": NaN');
  const { rows, manifest } = await withFile("a.jsonl", `${line}\n${next}\n`, imported);
  assert.deepEqual(rows.map(({ concurrency, block }) => [concurrency, block]), [[2, 1], [4, 1]]);
  const names = manifest.imported!.map(({ reported }) => reported.map(({ name }) => name));
  assert.deepEqual(names.map((each) => each.includes("median_itl_ms")), [true, false]);
});

Deno.test("SGLang's own protocol gives first and last token, but no events", async () => {
  const text = Deno.readTextFileSync(sample(SAMPLE)).replace('"vllm-chat"', '"sglang"');
  const { requests, manifest } = await withFile("a.jsonl", text, imported);
  assert.deepEqual(requests.map(({ token_ms }) => token_ms.length), [0, 0, 0, 0]);
  near(mean(requests.map(tpotMs)), 9.872493, 1e-4);
  assert.match(manifest.imported![0]!.limits.join(), /arrivals of events are not known/);
});

Deno.test("without details only the TTFT from sending is taken over", async () => {
  const { ttfts: _, itls: __, output_lens: ___, ...rest } = sampleJson(SAMPLE);
  const text = JSON.stringify({ ...rest, request_rate: "inf", completed: 40 });
  const { rows: [row] } = await withFile("a.json", text, imported);
  near(row!.ttft_from_send_ms_p50, rest.median_ttft_ms);
  assert.deepEqual([row!.requests, row!.tpot_ms_p50, row!.e2e_ms_p50], [40, null, null]);
});
