/**
 * The project's client as a process of its own, for `bench_client.ts`: it sends a phase as a trial
 * does, with every request journaled, and tells what it cost, in the words of `floor_client.c`.
 */
import process from "node:process";
import { parseArgs } from "node:util";
// For its weight only: start-up and memory are those of `bench`.
import "@/commands/bench.ts";
import { Connection } from "@/load/connection.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { generateLoad } from "@/load/generate.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { watchEventLoop } from "@/load/event_loop_lag.ts";
import type { Transport } from "@/load/transport.ts";
import { Journal } from "@/records/journal.ts";
import type { RequestRecord } from "@/records/request_record.ts";
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
const connections = Array.from(
  { length: users },
  () => new Connection({ baseUrl, headers: {}, habits: { closesUnannounced: false }, transport }),
);
await Promise.all(connections.map((connection) => connection.open()));
using journal = new Journal(asked.journal);

async function send(phase: RequestRecord["phase"], requests: PreparedRequest[]) {
  const records: RequestRecord[] = [];
  await generateLoad({
    trial_id: "bench-client",
    phase,
    requests,
    connections,
    now: () => performance.now(),
    timeout_ms: 60_000,
    signal: new AbortController().signal,
    onRecord(record) {
      records.push(record);
      journal.append({ type: "request", ...record });
    },
  });
  return records;
}

const startup = process.cpuUsage();
await send("warmup", requests.slice(0, warmup));
const stopWatching = watchEventLoop();
const before = process.cpuUsage();
const started_ms = performance.now();
const records = await send("measured", requests.slice(warmup));
const streaming_s = (performance.now() - started_ms) / 1000;
const used = process.cpuUsage(before);
const { event_loop_lag_ms_p99 } = stopWatching();
const peak_bytes = peakBytes();
await Promise.all(connections.map((connection) => connection.close()));

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
  streaming_s,
  peak_bytes,
  failed: records.find(({ failure }) => failure !== null)?.error ?? null,
  event_loop_lag_ms_p99,
}));

function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
