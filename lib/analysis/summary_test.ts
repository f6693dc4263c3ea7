import assert from "node:assert/strict";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunData } from "@/records/run_folder.ts";
import { heldRequests } from "@/records/trial_requests.ts";
import {
  failedRequest,
  launchRecord,
  manifest,
  request,
  trialRecord,
} from "@/records/testdata/sample_records.ts";
import { clientColumns } from "./client_columns.ts";
import { summarize } from "./summary.ts";

/** One user; request i is sent at 1000 i, gets its first token after 100 + i ms and four in all. */
function measured(count: number): RequestRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const scheduled_ms = 1000 * i;
    const first_token_ms = scheduled_ms + 100 + i;
    const token_ms = [0, 10, 20, 30].map((after_ms) => first_token_ms + after_ms);
    return request({
      request_index: i,
      scheduled_ms,
      sent_ms: scheduled_ms + 0.5,
      first_token_ms,
      token_ms,
      last_token_ms: token_ms[3]!,
      end_ms: scheduled_ms + 1000,
    });
  });
}

/** Two requests before the window, each with four tokens. */
const warmup = [-2000, -1000].map((sent_ms, request_index) => {
  const token_ms = [400, 600, 800, 900].map((after_ms) => sent_ms + after_ms);
  const times = { sent_ms, first_token_ms: token_ms[0]!, last_token_ms: token_ms[3]!, token_ms };
  const end_ms = sent_ms + 999.5;
  return request({ phase: "warmup", request_index, scheduled_ms: sent_ms, ...times, end_ms });
});

function run(
  { requests, ...changes }: Partial<Omit<RunData, "requests">> & { requests?: RequestRecord[] } =
    {},
): RunData {
  return {
    run_id: "sample",
    dir: "sample",
    manifest: manifest(),
    launches: [launchRecord()],
    trials: [trialRecord({ window_start_ms: 0.5, window_end_ms: 20000.5 })],
    requests: heldRequests(
      requests ?? [
        ...warmup,
        ...measured(20),
      ],
    ),
    telemetry: { server: [], gpu: [] },
    problems: [],
    ...changes,
  };
}

Deno.test("a trial's row holds its quantiles, rates, counts and verdict", () => {
  const [row, ...more] = summarize(run());
  assert.deepEqual(more, []);
  const left = { in_flight_mean: undefined, ttft_n_eff: undefined, tpot_n_eff: undefined };
  assert.deepEqual({ ...row, gates: row!.gates.length, ...left, e2e_n_eff: undefined }, {
    run_id: "sample",
    trial_id: "b1-a-prompts-c1",
    launch_id: "b1-a",
    role: "compared",
    engine: "a",
    kind: "llama-cpp",
    simulated: false,
    workload: "prompts",
    load: "closed 1",
    load_family: "closed",
    offered_requests_per_s: null,
    concurrency: 1,
    block: 1,
    requests: 20,
    failed: 0,
    // 100 … 119 ms: the median is 109.5; 20 values carry no p90.
    ttft_ms_p50: 109.5,
    ttft_ms_p90: null,
    ttft_ms_p99: null,
    ttft_from_send_ms_p50: 109,
    tpot_ms_p50: 10,
    tpot_ms_p90: null,
    tpot_ms_p99: null,
    e2e_ms_p50: 139.5,
    e2e_ms_p90: null,
    e2e_ms_p99: null,
    ttft_n_eff: undefined,
    tpot_n_eff: undefined,
    e2e_n_eff: undefined,
    prompt_tokens: 240,
    cached_share: 0,
    output_tokens: 80,
    output_tokens_per_s: 4,
    requests_per_s: 1,
    window_s: 20,
    counted_from_ms: null,
    attainment: null,
    slo_goodput_per_s: null,
    in_flight_mean: undefined,
    tokens_per_event: 1,
    send_lag_ms_p99: 0.5,
    server_samples: 0,
    server_running_mean: null,
    server_waiting_mean: null,
    kv_use_peak: null,
    preemptions: null,
    prefix_hit_share: null,
    power_w_mean: null,
    energy_j_per_token: null,
    sm_clock_mhz_median: null,
    throttled_share: null,
    power_capped_share: null,
    ...clientColumns(trialRecord(), measured(20)),
    resent: null,
    memory: { label: "resident size", bytes: 1000, peak_bytes: 2000 },
    ready_s: 0.5,
    kv_cache_tokens: null,
    measured_by: "this project",
    verdict: "VALID",
    reasons: [],
    gates: 18,
  });
  // 19 × 0.5 ms of 20 s pass between an answer and the next request.
  assert(Math.abs(row!.in_flight_mean! - (20000 - 20 * 0.5) / 20000) < 1e-12);
});

Deno.test("warm-up requests enter no number", () => {
  const without = run({ requests: measured(20) });
  const [row] = summarize(run());
  const [cold] = summarize(without);
  assert.equal(cold!.verdict, "SUSPECT");
  assert.deepEqual({ ...cold, verdict: 0, reasons: 0, gates: 0 }, {
    ...row,
    verdict: 0,
    reasons: 0,
    gates: 0,
  });
});

Deno.test("failed requests are counted and are infinitely slow", () => {
  const failing = (count: number) =>
    run({
      requests: [
        ...measured(20 - count),
        ...Array.from({ length: count }, (_, i) => failedRequest({ request_index: 20 - i })),
      ],
    });
  const [few] = summarize(failing(4));
  assert.deepEqual([few!.requests, few!.failed], [20, 4]);
  assert.equal(few!.ttft_ms_p50, 109.5);
  assert.equal(few!.verdict, "INVALID");
  const [half] = summarize(failing(10));
  assert.equal(half!.ttft_ms_p50, null);
  assert.equal(half!.tpot_ms_p50, null);
});

Deno.test("tokens per event count the events of answers whose tokens are known", () => {
  const cut = request({ failure: "stream_cut", output_tokens: null, token_ms: [1, 2, 3, 4] });
  const coalesced = measured(19).map((record) => ({
    ...record,
    token_ms: record.token_ms.slice(0, 2),
  }));
  const [row] = summarize(run({ requests: [...coalesced, cut] }));
  assert.equal(row!.tokens_per_event, 2);
});

Deno.test("a trial of which nothing is known has no row, one that broke off is INVALID", () => {
  const nothing = run({ trials: [], requests: [] });
  assert.deepEqual(summarize(nothing), []);
  const [row] = summarize(run({ trials: [], launches: [], requests: measured(7) }));
  assert.equal(row!.verdict, "INVALID");
  assert.equal(
    row!.reasons[0],
    "finished: unfinished after 7 of 20 requests, limit all planned requests sent",
  );
  assert.deepEqual(
    [row!.output_tokens_per_s, row!.window_s, row!.memory, row!.ready_s, row!.ttft_ms_p50],
    [null, null, null, null, 103],
  );
});

Deno.test("a trial that failed before it sent anything has a row without numbers", () => {
  const record = trialRecord({
    outcome: "failed",
    window_start_ms: null,
    window_end_ms: null,
    memory: null,
    error: "no",
  });
  const [row] = summarize(run({ trials: [record], requests: [] }));
  assert.equal(row!.verdict, "INVALID");
  const { ttft_ms_p50, send_lag_ms_p99, output_tokens, in_flight_mean, tokens_per_event } = row!;
  assert.deepEqual(
    [ttft_ms_p50, send_lag_ms_p99, output_tokens, in_flight_mean, tokens_per_event],
    [null, null, null, null, null],
  );
});

Deno.test("rows come in the order of the plan, whatever the journal's order", () => {
  const two = run({ manifest: manifest({ concurrency_levels: [4, 1] }) });
  const ids = ["b1-a-prompts-c4", "b1-a-prompts-c1"];
  const trials = ids.map((trial_id) => trialRecord({ trial_id }));
  const rows = summarize({ ...two, trials, requests: new Map() });
  assert.deepEqual(rows.map(({ concurrency }) => concurrency), [1, 4]);
});
