import assert from "node:assert/strict";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunData } from "@/records/run_folder.ts";
import { heldRequests } from "@/records/trial_requests.ts";
import { launchRecord, manifest, request, trialRecord } from "@/records/testdata/sample_records.ts";
import { serverSample } from "@/records/testdata/sample_telemetry.ts";
import { serverTimeRows } from "./server_times.ts";
import { sliced, timelines } from "./timeline.ts";

const ORIGIN = 5000;

function run(requests: RequestRecord[], server: RunData["telemetry"]["server"] = []): RunData {
  return {
    run_id: "sample",
    dir: "sample",
    manifest: manifest(),
    launches: [launchRecord()],
    trials: [trialRecord({ origin_unix_ms: ORIGIN, window_start_ms: 2, window_end_ms: 135 })],
    requests: heldRequests(requests),
    telemetry: { server, gpu: [] },
    problems: [],
  };
}

Deno.test("a request's own times are compared one by one: TTFT from send, first to last token", () => {
  const own = { server_prefill_ms: 90, server_decode_ms: 29 };
  const [ttft, decode, ...more] = serverTimeRows(run([
    request(own),
    request({ ...own, request_index: 1, server_prefill_ms: 96 }),
    request({ ...own, phase: "warmup", server_prefill_ms: 0 }),
  ]));
  assert.deepEqual(more, []);
  // Sent at 2, first token at 100, last at 130.
  assert.deepEqual([ttft!.time, ttft!.source, ttft!.n], ["ttft", "requests", 2]);
  assert.deepEqual([ttft!.difference_ms.median, ttft!.client_ms, ttft!.server_ms], [5, 98, 93]);
  assert.deepEqual([decode!.time, decode!.difference_ms.median], ["decode", 1]);
  assert.equal(ttft!.without_queue, true);
});

Deno.test("the server's queue is part of its TTFT where it is told", () => {
  const own = { server_queue_ms: 50, server_prefill_ms: 40, server_decode_ms: 30 };
  const [ttft] = serverTimeRows(run([request(own)]));
  assert.deepEqual([ttft!.difference_ms.median, ttft!.without_queue], [8, false]);
});

Deno.test("histograms are compared by means, if they count exactly the measured requests", () => {
  const measured = [request(), request({ request_index: 1, first_token_ms: 90 })];
  const sums = (ms: number, ttft_count: number, ttft_s_sum: number) =>
    serverSample({
      unix_ms: ORIGIN + ms,
      ttft_count,
      ttft_s_sum,
      tpot_count: ttft_count,
      tpot_s_sum: ttft_count * 0.01,
    });
  const [ttft, tpot] = serverTimeRows(run(measured, [sums(1, 4, 1), sums(136, 6, 1.18)]));
  assert.deepEqual([ttft!.source, ttft!.n], ["means", 1]);
  assert.equal(ttft!.client_ms, 93);
  assert.ok(Math.abs(ttft!.server_ms - 90) < 1e-9);
  assert.ok(Math.abs(tpot!.server_ms - 10) < 1e-9);
  assert.deepEqual(serverTimeRows(run(measured, [sums(1, 4, 1), sums(136, 7, 1.18)])), []);
  assert.deepEqual(serverTimeRows(run(measured)), []);
});

Deno.test("a timeline shares tokens and time in flight out over its slices", () => {
  const requests = [request({ sent_ms: 0, output_tokens: 8, end_ms: 250 })];
  const { slice_s, slices } = sliced(requests, [[50, 150, 160, 250]]);
  assert.equal(slice_s, 0.1);
  assert.deepEqual(slices.map((s) => s.output_tokens_per_s), [20, 40, 20]);
  assert.deepEqual(slices.map((s) => Math.round(s.in_flight * 100)), [100, 100, 50]);
});

Deno.test("a timeline carries the server's samples on the trial's clock", () => {
  const sample = serverSample({ unix_ms: ORIGIN + 1500, running: 3, kv_use: null });
  const [timeline, ...more] = timelines(run([request()], [sample]));
  assert.deepEqual(more, []);
  assert.deepEqual(timeline!.samples, [{ at_s: 1.5, running: 3, waiting: 0, kv_use: null }]);
  assert.deepEqual(timeline!.window, { start_s: 0.002, end_s: 0.135 });
});

Deno.test("a timeline's window is what counts, without the start-up that was cut off", () => {
  const data = run([request()]);
  const [record] = data.trials;
  const window = { start_ms: 50, end_ms: 135, cut_s: 0.048, cut_by: "TTFT" as const };
  record!.window = { ...window, unsteady: [], found: "" };
  assert.deepEqual(timelines(data)[0]!.window, { start_s: 0.05, end_s: 0.135 });
});
