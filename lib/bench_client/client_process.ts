/**
 * The project's client as a process of its own, for `bench_client.ts`: it sends a phase as a trial
 * does, with every request journaled, and tells what it cost, in the words of `floor_client.c`.
 */
import process from "node:process";
import { parseArgs } from "node:util";
// For its weight only: start-up and memory are those of `bench`.
import "@/commands/bench.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { watchEventLoop } from "@/load/event_loop_lag.ts";
import type { Transport } from "@/load/transport.ts";
import { Journal } from "@/records/journal.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { driverFor } from "@/run/workers_driver.ts";
import { monotonicOffset } from "./monotonic_clock.ts";

/** A trial warms up before it measures, and so does this. */
const MOST_WARMUP_REQUESTS = 100;
const CLOCK_MONOTONIC_OFFSET = monotonicOffset();
const { values: asked } = parseArgs({
  options: {
    port: { type: "string", default: "" },
    users: { type: "string", default: "" },
    requests: { type: "string", default: "" },
    "max-tokens": { type: "string", default: "" },
    transport: { type: "string", default: "socket" },
    workers: { type: "string", default: "1" },
    log: { type: "string", default: "" },
    journal: { type: "string", default: "" },
  },
});
const baseUrl = `http://127.0.0.1:${asked.port}/v1`;
const max_tokens = Number(asked["max-tokens"]);
const transport = asked.transport as Transport;

const [users, count] = [Number(asked.users), Number(asked.requests)];
const warmup = Math.min(users, MOST_WARMUP_REQUESTS);

function prepared(index: number): PreparedRequest {
  const body = {
    model: "m",
    messages: [{ role: "user", content: `Question ${index + 1}.` }],
    max_tokens,
    ignore_eos: true,
    stream: true,
    stream_options: { include_usage: true },
  };
  return { prompt_id: `p/${index}`, max_tokens, body: encodeJson(body) };
}

const requests = Array.from({ length: warmup + count }, (_, index) => prepared(index));
const trial: PlannedTrial = {
  trial_id: "bench-client",
  launch_id: "bench-client",
  entry: "server",
  kind: "external",
  simulated: false,
  workload: "prompts",
  load: { mode: "closed", concurrency: users },
  concurrency: users,
  block: 1,
  requests: count,
  warmup_requests: warmup,
  max_tokens,
  output_length: "fixed",
  ignore_eos: true,
  prompt_seed: 1,
};
const driver = driverFor(trial, {
  roots: [baseUrl],
  headers: {},
  habits: { closesUnannounced: false },
  arrivals_ms: new Float64Array(),
  origin_unix_ms: performance.timeOrigin,
  transport,
}, Number(asked.workers));
await driver.open();
using journal = new Journal(asked.journal);

/** Gives its records as they come. */
function phaseOf(phase: RequestRecord["phase"], requests: PreparedRequest[]) {
  const records: RequestRecord[] = [];
  const sent = {
    trial_id: trial.trial_id,
    phase,
    requests,
    now: () => performance.now(),
    timeout_ms: 60_000,
    signal: new AbortController().signal,
    onRecord(record: RequestRecord) {
      records.push(record);
      journal.append({ type: "request", ...record });
    },
  };
  return { records, sent };
}

const startup = process.cpuUsage();
await driver.warmUp(phaseOf("warmup", requests.slice(0, warmup)).sent);
const stopWatching = watchEventLoop();
const before = process.cpuUsage();
const { records, sent } = phaseOf("measured", requests.slice(warmup));
const { end_ms: window_end_ms } = await driver.measure(sent);
const used = process.cpuUsage(before);
const first_ms = records.reduce((first, { sent_ms }) => Math.min(first, sent_ms), Infinity);
const last_ms = records.reduce((last, { end_ms }) => Math.max(last, end_ms), -Infinity);
const inWindow = records.flatMap(({ token_ms }) => token_ms.filter((at) => at <= window_end_ms!));
const lag = { ...stopWatching(), ...driver.health() };
const peak_bytes = peakBytes();
await driver.close();

const line = (record: RequestRecord) =>
  [record.sent_ms, ...record.token_ms].map((at) => (at + CLOCK_MONOTONIC_OFFSET).toFixed(4));
const good = records.filter(({ failure, output_tokens }) =>
  failure === null && output_tokens === max_tokens
);
Deno.writeTextFileSync(
  asked.log,
  good.map((record) => `${record.prompt_tokens} ${line(record).join(" ")}\n`).join(""),
);
console.log(JSON.stringify({
  warmup_requests: warmup,
  startup_cpu_s: (startup.user + startup.system) / 1e6,
  streaming_cpu_s: (used.user + used.system) / 1e6,
  streaming_s: (last_ms - first_ms) / 1000,
  window_tokens_per_s: inWindow.length / ((window_end_ms! - first_ms) / 1000),
  peak_bytes,
  failed: records.find(({ failure }) => failure !== null)?.error ?? null,
  event_loop_lag_ms_p99: lag.event_loop_lag_ms_p99,
}));

function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
