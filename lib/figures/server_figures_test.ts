import assert from "node:assert/strict";
import type { ServerTimeRow } from "@/analysis/server_times.ts";
import type { Timeline } from "@/analysis/timeline.ts";
import { closedPoint } from "@/config/load_point.ts";
import { clientMinusServer } from "./client_minus_server.ts";
import { svgToPng } from "./png.ts";
import { trialTimeline } from "./trial_timeline.ts";

const row = (changes: Partial<ServerTimeRow> = {}): ServerTimeRow => ({
  engine: "a",
  simulated: false,
  workload: "prompts",
  ...closedPoint(changes.concurrency ?? 8),
  time: "ttft",
  source: "requests",
  without_queue: false,
  n: 80,
  difference_ms: { median: 1.5, p10: 0.4, p90: 3 },
  client_ms: 101.5,
  server_ms: 100,
  ...changes,
});

const timeline = (changes: Partial<Timeline> = {}): Timeline => ({
  trial_id: "t",
  engine: "a",
  simulated: false,
  workload: "prompts",
  ...closedPoint(changes.concurrency ?? 8),
  window: { start_s: 1, end_s: 3 },
  slice_s: 1,
  slices: [0.5, 1.5, 2.5].map((at_s) => ({ at_s, output_tokens_per_s: 100, in_flight: 8 })),
  samples: [1.2, 2.2].map((at_s) => ({ at_s, running: 4, waiting: 4, kv_use: 0.25 })),
  ...changes,
});

Deno.test("the figure of differences has a line for each entry and level, and says the largest", () => {
  const rows = [
    row(),
    row({ concurrency: 1 }),
    row({ time: "decode", difference_ms: { median: -4, p10: -5, p90: 1 } }),
  ];
  const figure = clientMinusServer(rows)!;
  assert.equal(figure.table.rows.length, 3);
  assert.match(figure.finding, /-4\.00 ms \(first to last token of a, 8 concurrent/);
  assert.ok(figure.svg.includes("TTFT from send, client minus server, ms"));
  assert.ok(svgToPng(figure.svg).length > 1000);
});

Deno.test("nothing told gives no figure, real and simulated are never in one", () => {
  assert.equal(clientMinusServer([]), null);
  assert.throws(() => clientMinusServer([row(), row({ simulated: true })]), /real and simulated/);
});

Deno.test("a timeline says what the server ran at most, and calls simulated what is", () => {
  const figure = trialTimeline(timeline({ simulated: true }));
  assert.match(figure.title, /\(simulated\)$/);
  assert.match(figure.finding, /ran at most 4 at once and let at most 4 wait; .* 25\.0 % full/);
  for (
    const text of [
      "in flight (client)",
      "running (server)",
      "waiting (server)",
      "KV cache in use, %",
    ]
  ) {
    assert.ok(figure.svg.includes(text), text);
  }
  assert.deepEqual(figure.missing, []);
});

Deno.test("what the server does not tell is said to be missing, not drawn as zero", () => {
  const samples = timeline().samples.map((sample) => ({ ...sample, kv_use: null }));
  const figure = trialTimeline(timeline({ samples }));
  assert.ok(!figure.svg.includes("KV cache in use"));
  assert.deepEqual(figure.missing, ["The server tells no KV cache use."]);
  const silent = trialTimeline(timeline({ samples: [] }));
  assert.ok(!silent.svg.includes("(server)"));
  assert.match(silent.missing[0]!, /not asked/);
});
