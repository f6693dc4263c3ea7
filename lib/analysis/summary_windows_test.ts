/** Rows whose numbers depend on what the study fixed and on where the window begins. */
import assert from "node:assert/strict";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunData } from "@/records/run_folder.ts";
import { heldRequests } from "@/records/trial_requests.ts";
import { launchRecord, manifest, request, trialRecord } from "@/records/testdata/sample_records.ts";
import { summarize } from "./summary.ts";

function run({ requests = [], ...changes }: Partial<Omit<RunData, "requests">> & {
  requests?: RequestRecord[];
}): RunData {
  return {
    run_id: "sample",
    dir: "sample",
    manifest: manifest(),
    launches: [launchRecord()],
    trials: [],
    requests: heldRequests(requests),
    telemetry: { server: [], gpu: [] },
    problems: [],
    ...changes,
  };
}

Deno.test("what the client's error is held against are the margins of the config", () => {
  const canary = {
    requests: 20,
    failed: 0,
    ttft_error_ms_p50: 0.5,
    ttft_error_ms_p99: 1,
    ttft_client_error_ms_p50: 0.5,
    ttft_client_error_ms_p99: 1,
    tpot_error_ms_p50: 0.001,
    tpot_error_share_p50: 0.0001,
    tpot_error_share_p99: 0.001,
    server_late_ms_p50: 0.1,
    server_late_ms_p99: 0.2,
    server_cpu_share: 0.01,
    error: null,
  };
  const limits = [{}, { margins: { ttft_percent: 1 } }].map((benchmark) => {
    const trials = [trialRecord({ window_start_ms: 0.5, window_end_ms: 20000.5, canary })];
    const requests = Array.from({ length: 20 }, (_, request_index) => request({ request_index }));
    const [row] = summarize(run({ requests, trials, manifest: manifest(benchmark) }));
    const { limit, pass } = row!.gates.find(({ gate }) => gate === "canary")!;
    return [limit, pass];
  });
  assert.deepEqual(limits, [
    ["TTFT 1.0 %, TPOT 0.5 %; INVALID above TTFT 3.3 %, TPOT 1.7 %", true],
    ["TTFT 0.1 %, TPOT 0.5 %; INVALID above TTFT 0.3 %, TPOT 1.7 %", false],
  ]);
});

Deno.test("a trial's numbers come from the window without its start-up, of which the row tells", () => {
  // One answer of four tokens every 100 ms; in the first 15 s only every third of them.
  const sent_ms = Array.from({ length: 800 }, (_, i) => 100 * i)
    .filter((at_ms, i) => at_ms >= 15_000 || i % 3 === 0);
  const requests = sent_ms.map((at_ms, request_index) => {
    const ttft_ms = at_ms < 15_000 ? 200 : 80;
    const first_token_ms = at_ms + ttft_ms;
    const token_ms = [0, 1, 2, 3].map((after_ms) => first_token_ms + after_ms);
    return request({
      request_index,
      scheduled_ms: at_ms,
      sent_ms: at_ms,
      first_token_ms,
      token_ms,
      last_token_ms: token_ms[3]!,
      end_ms: token_ms[3]!,
    });
  });
  const trials = [trialRecord({ window_start_ms: 0, window_end_ms: 80_000 })];
  const [row] = summarize(run({ requests, trials }));
  assert.deepEqual([row!.window_s, row!.requests], [62, requests.length]);
  assert.equal(row!.counted_from_ms, 18_000);
  assert.ok(Math.abs(row!.output_tokens_per_s! - 40) < 0.1, `${row!.output_tokens_per_s}`);
  assert.equal(row!.ttft_ms_p90, 80);
  const steady = row!.gates.find(({ gate }) => gate === "steady state")!;
  assert.match(String(steady.value), /: the first 18 s are not counted, by output tokens$/);
  const size = row!.gates.find(({ gate }) => gate === "sample size")!;
  assert.match(String(size.value), /, 80 of them sent before the window$/);
});

Deno.test("what a ramp sent before all users had begun counts in no latency", () => {
  const requests = Array.from({ length: 40 }, (_, request_index) => {
    const sent_ms = 30 * request_index;
    const first_token_ms = sent_ms + (sent_ms < 600 ? 1000 : 50);
    const times = { token_ms: [first_token_ms], last_token_ms: first_token_ms };
    const at = { scheduled_ms: sent_ms, sent_ms, first_token_ms, end_ms: first_token_ms };
    return request({ request_index, ...at, ...times });
  });
  const trials = [trialRecord({ window_start_ms: 600, window_end_ms: 1200 })];
  const rows = [{}, { ramp_s: 0.6 }].map((benchmark) =>
    summarize(run({ requests, trials, manifest: manifest(benchmark) }))[0]!
  );
  assert.deepEqual(rows.map(({ counted_from_ms }) => counted_from_ms), [null, 600]);
  assert.deepEqual(rows.map(({ ttft_ms_p50 }) => ttft_ms_p50), [525, 50]);
});
