import assert from "node:assert/strict";
import type { RequestRecord } from "@/records/request_record.ts";
import { heldRequests } from "@/records/trial_requests.ts";
import { failedRequest, request } from "@/records/testdata/sample_records.ts";
import { levelRows as levelRowsOf } from "./levels.ts";
import type { SummaryRow } from "./summary_row.ts";
import { row } from "./testdata/sample_trials.ts";

const levelRows = (rows: SummaryRow[], records: RequestRecord[]) =>
  levelRowsOf(rows, heldRequests(records));

/** Requests of one trial whose TTFTs are 1, 2, … `count` ms. */
function requestsOf({ trial_id }: SummaryRow, count: number): RequestRecord[] {
  return Array.from(
    { length: count },
    (_, i) => request({ trial_id, request_index: i, first_token_ms: i + 1, last_token_ms: i + 31 }),
  );
}

const THREE = [12, 10, 17].map((ttft_ms_p50, i) => row({ block: i + 1, ttft_ms_p50 }));

Deno.test("a level is the median of its launches' quantiles, with the extremes", () => {
  const [level, ...more] = levelRows(THREE, []);
  assert.deepEqual(more, []);
  assert.deepEqual(level!.ttft_ms_p50, { median: 12, low: 10, high: 17 });
  const { engine, kind, simulated, workload, concurrency, launches, requests, failed } = level!;
  assert.deepEqual(
    { engine, kind, simulated, workload, concurrency, launches, requests, failed },
    {
      engine: "a",
      kind: "llama-cpp",
      simulated: false,
      workload: "prompts",
      concurrency: 10,
      launches: 3,
      requests: 300,
      failed: 0,
    },
  );
});

Deno.test("entries, workloads and levels have rows of their own, in the order of the trials", () => {
  const trials = [
    row({ engine: "b" }),
    row({ concurrency: 1 }),
    row({ workload: "code" }),
    row({ engine: "b", block: 2 }),
    row(),
  ];
  assert.deepEqual(
    levelRows(trials, []).map((level) => [level.engine, level.workload, level.concurrency]),
    [["b", "prompts", 10], ["a", "prompts", 1], ["a", "code", 10], ["a", "prompts", 10]],
  );
});

Deno.test("INVALID trials give the row its verdict and enter no number", () => {
  const invalid = row({ block: 4, ttft_ms_p50: 1e6, failed: 50, verdict: "INVALID" });
  const [level] = levelRows([...THREE, invalid], requestsOf(invalid, 400));
  assert.equal(level!.verdict, "INVALID");
  assert.deepEqual(level!.ttft_ms_p50, { median: 12, low: 10, high: 17 });
  assert.deepEqual([level!.launches, level!.requests, level!.failed], [3, 300, 0]);
  assert.equal(level!.pooled.ttft_ms.n, 0);
  const [suspect] = levelRows([...THREE, row({ block: 4, verdict: "SUSPECT" })], []);
  assert.equal(suspect!.verdict, "SUSPECT");
  assert.equal(levelRows(THREE, [])[0]!.verdict, "VALID");
});

Deno.test("a level of INVALID trials alone has no number at all", () => {
  const [level] = levelRows([row({ verdict: "INVALID" })], []);
  assert.equal(level!.launches, 0);
  assert.deepEqual(
    [
      level!.ttft_ms_p50,
      level!.output_tokens_per_s,
      level!.memory_bytes,
      level!.pooled.ttft_ms.p50,
    ],
    [null, null, null, null],
  );
});

Deno.test("one launch without a value leaves the level without it, as failures are no luck", () => {
  const [level] = levelRows([...THREE, row({ block: 4, ttft_ms_p50: null })], []);
  assert.equal(level!.ttft_ms_p50, null);
  assert.deepEqual(level!.tpot_ms_p50, { median: 10, low: 10, high: 10 });
});

Deno.test("memory is the peak where it is known", () => {
  const memory = (bytes: number, peak_bytes: number | null) => ({ label: "m", bytes, peak_bytes });
  const [level] = levelRows([
    row({ memory: memory(5, 9) }),
    row({ block: 2, memory: memory(7, null) }),
  ], []);
  assert.deepEqual(level!.memory_bytes, { median: 8, low: 7, high: 9 });
  assert.equal(level!.memory_label, "m");
});

Deno.test("pooled quantiles are those of all launches' measured requests together", () => {
  const requests = [
    ...requestsOf(THREE[0]!, 40),
    ...requestsOf(THREE[1]!, 41),
    request({ trial_id: THREE[0]!.trial_id, phase: "warmup", first_token_ms: 1e9 }),
  ];
  const { ttft_ms, tpot_ms } = levelRows(THREE, requests)[0]!.pooled;
  // 1, 1, 2, 2, … 40, 40, 41: the middle one of 81 is 21, the 73rd is 37, the 77th is 39.
  assert.deepEqual(ttft_ms, { n: 81, p50: 21, p90: 37, p95: 39, p99: null });
  assert.deepEqual([tpot_ms.n, tpot_ms.p50], [81, 10]);
});

Deno.test("a pooled p99 needs 368 effective requests and 100 from each launch", () => {
  const p99 = (counts: number[], worth = 1) => {
    const requests = counts.flatMap((count, i) => requestsOf(THREE[i]!, count));
    const rows = counts.map((count, i) => ({ ...THREE[i]!, ttft_n_eff: count * worth }));
    return levelRows(rows, requests)[0]!.pooled.ttft_ms.p99;
  };
  assert.notEqual(p99([168, 100, 100]), null);
  assert.equal(p99([167, 100, 100]), null);
  assert.equal(p99([400, 400, 400], 0.3), null, "correlated requests are worth fewer");
  assert.notEqual(p99([400, 400, 400], 0.4), null);
  assert.equal(p99([400, 100, 99]), null);
});

Deno.test("a failed request is in the pool and infinitely slow", () => {
  const [trial] = THREE;
  const failed = Array.from({ length: 5 }, () => failedRequest({ trial_id: trial!.trial_id }));
  const { ttft_ms } = levelRows([trial!], [...requestsOf(trial!, 36), ...failed])[0]!.pooled;
  assert.equal(ttft_ms.n, 41);
  assert.equal(ttft_ms.p50, 21);
  assert.equal(ttft_ms.p90, null);
});

Deno.test("what was sent in a launch's start-up is in no pooled quantile either", () => {
  const trial = row({ counted_from_ms: 500 });
  const requests = requestsOf(trial, 40).map((each, i) => ({ ...each, sent_ms: 100 * i }));
  const [level] = levelRows([trial], requests);
  assert.deepEqual([level!.pooled.ttft_ms.n, level!.pooled.ttft_ms.p50], [35, 23]);
});
