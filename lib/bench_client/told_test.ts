import assert from "node:assert/strict";
import { sample } from "@/import/testdata/imported.ts";
import { readTrials } from "@/import/readers.ts";
import { readSource } from "@/import/source_file.ts";
import { SCENARIOS } from "./scenarios.ts";
import { toldByFile, toldByLog, toldErrors, type ToldRequest } from "./told.ts";
import { parseAnswers, parseTruth } from "./truth.ts";

const TWO = { ...SCENARIOS[0]!, requests: 2, max_tokens: 3, ttft_ms: 50, gap_ms: 10 };
/** TTFT 50 and 60 ms, TPOT 10 and 10 ms. */
const TRUTH = parseTruth("1 0 50 50 60 70\n2 100 160 160 170 180\n");

const told = (...requests: Partial<ToldRequest>[]): ToldRequest[] =>
  requests.map((one, i) => ({
    number: i + 1,
    ttft_ms: [50, 60][i]!,
    tpot_ms: 10,
    output_tokens: 3,
    ...one,
  }));
const close = (seen: number | null, expected: number) =>
  assert.ok(Math.abs(seen! - expected) < 1e-9, `${seen} instead of ${expected}`);

Deno.test("a client that tells what the server did has no error", () => {
  const errors = toldErrors(TWO, TRUTH, told({}, {}));
  assert.equal(errors.miscounted, null);
  assert.equal(errors.ttft_p50_error_ms, 0);
  assert.equal(errors.ttft_p99_error_ms, 0);
  assert.equal(errors.ttft_each_p99_ms, 0);
  assert.equal(errors.tpot_error, 0);
  assert.equal(errors.tokens_told, errors.tokens_sent);
});

Deno.test("errors have a direction: late first tokens shorten the rest", () => {
  const errors = toldErrors(TWO, TRUTH, told({ ttft_ms: 54, tpot_ms: 8 }, { ttft_ms: 64 }));
  close(errors.ttft_p50_error_ms, 4);
  close(errors.ttft_each_p50_ms, 4);
  close(errors.tpot_error, -0.1);
});

Deno.test("errors that balance out are seen where a client tells which request it was", () => {
  const swapped = [{ ttft_ms: 60 }, { ttft_ms: 50 }];
  close(toldErrors(TWO, TRUTH, told(...swapped)).ttft_each_p50_ms, 10);
  assert.equal(toldErrors(TWO, TRUTH, told(...swapped)).ttft_p50_error_ms, 0);
  const unnumbered = told(...swapped.map((one) => ({ ...one, number: 50 })));
  const errors = toldErrors(TWO, TRUTH, unnumbered);
  assert.equal(errors.ttft_each_p50_ms, null);
  assert.equal(errors.ttft_p50_error_ms, 0);
});

Deno.test("requests and tokens that are not told, or told wrong, are counted", () => {
  const { miscounted } = toldErrors(TWO, TRUTH, told({}));
  assert.equal(miscounted, "2 requests were asked for, 2 were sent and 1 are told");
  const less = toldErrors(TWO, TRUTH, told({}, { output_tokens: 2 }));
  assert.equal(less.miscounted, null);
  assert.equal(less.wrong_answers, 1);
  assert.throws(() => toldErrors(TWO, TRUTH, []), /tells of no answered request/);
});

Deno.test("the project's own clients are read from their log", () => {
  const errors = toldErrors(
    TWO,
    TRUTH,
    toldByLog(parseAnswers("1 0 51 61 71\n2 99 160 170 180\n")),
  );
  close(errors.ttft_each_p50_ms, 1);
  assert.equal(errors.miscounted, null);
});

/** Four requests of 100 tokens at 50 ms and 10 ms a token, as each tool tells them. */
const SAMPLES = [
  "aiperf_0.13.0/profile_export_aiperf.json",
  "guidellm_0.8.1/benchmarks.json",
  "inference_perf_0.7.0/stage_0_lifecycle_metrics.json",
  "genai_bench_0.0.5/small_2x4.json",
  "sglang_0.5.23/out.jsonl",
  "vllm_bench_0.32.0/c1.json",
];
for (const file of SAMPLES) {
  Deno.test(`${file} gives TTFT, TPOT and tokens of each request`, () => {
    const { trials } = readTrials(readSource(sample(file)), { tool: null, concurrency: 2 });
    const requests = toldByFile(trials[0]!);
    assert.ok(requests.length >= 4, `${requests.length} requests`);
    for (const { ttft_ms, tpot_ms, output_tokens } of requests) {
      assert.equal(output_tokens, 100);
      assert.ok(ttft_ms > 49 && ttft_ms < 1500, `TTFT ${ttft_ms} ms`);
      assert.ok(tpot_ms > 8 && tpot_ms < 20, `TPOT ${tpot_ms} ms`);
    }
  });
}
