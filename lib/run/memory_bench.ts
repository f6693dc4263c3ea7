/**
 * Pushes synthetic request records through the path that a trial's take, prepares as many requests as
 * for a trial, runs whole trials over loopback, and prints what this process keeps:
 * `deno task bench:memory [RECORDS] [TOKENS] [REQUESTS]`. Nothing here was measured on an engine.
 */
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import process from "node:process";
import { setImmediate } from "node:timers";
import { createRunFolder } from "@/records/run_folder.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { syntheticRequest } from "@/records/synthetic_request.ts";
import { runTrials } from "./memory_trials.ts";
import { prepareRequests } from "./prepare_requests.ts";
import { Tally } from "./tally.ts";

const MIB = 2 ** 20;
/** Of some 300 tokens each. */
const PROMPTS = Array.from({ length: 200 }, (_, i) => ({
  prompt_id: `prompt/${i}`,
  category: "prompt",
  messages: [{
    role: "user" as const,
    content: "What is kept of a request before it is sent? ".repeat(28),
  }],
}));

const [last = 1_000_000, tokens = 128, sent = 100_000] = Deno.args.map(Number);
const marks = [last / 100, last / 10, last];

const dir = Deno.makeTempDirSync({ prefix: "memory-bench-" });
try {
  using folder = createRunFolder(`${dir}/run`, {} as Manifest);
  const kept = new Map<string, { count: number; bytes: number }>();
  await runTrials(sent, { dir, prompts: PROMPTS }, (load, count) => {
    const bytes = print(`in the middle of ${count} requests: ${load}`, 0);
    const half = kept.get(load);
    kept.set(load, { count, bytes });
    if (half === undefined) return;
    const each = Math.round((bytes - half.bytes) / (count - half.count));
    console.log(JSON.stringify({ what: `each further request: ${load}`, kept_bytes: each }));
  });
  for (const count of marks) await prepare(count, folder.dir);
  const sink = folder.openTrial("synthetic");
  const tally = new Tally();
  for (let index = 0; index < last; index++) {
    const record = synthetic(index);
    tally.add(record);
    sink.append(record);
    if (marks.includes(index + 1)) print(`${index + 1} records`, folder.journal.bytes);
  }
  const started = performance.now();
  await sink.finish();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { size } = Deno.statSync(`${dir}/run/trials/synthetic.parquet`);
  print(`Parquet file written in ${seconds} s`, size);
  const peak_mib = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ what: "peak", rss_mib: peak_mib }));
} finally {
  Deno.removeSync(dir, { recursive: true });
}

/** Gives what JavaScript holds, in its heap and beside it. */
function print(what: string, file_bytes: number): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  // The bytes that one collection lets go of are taken off the count by the next.
  gc?.();
  const { rss, heapUsed, external } = Deno.memoryUsage();
  // Bytes that JavaScript holds lie outside its heap.
  const [rss_mib, heap_mib, bytes_mib, file_mib] = [rss, heapUsed, external, file_bytes]
    .map((n) => Math.round(n / MIB * 10) / 10);
  console.log(JSON.stringify({ what, rss_mib, heap_mib, bytes_mib, file_mib }));
  return heapUsed + external;
}

/** The requests of one trial as they wait to be sent. */
async function prepare(count: number, dir: string): Promise<void> {
  const config = configSchema.parse({
    engines: { sim: { kind: "simulated", wire: "vllm" } },
    benchmark: { concurrency_levels: [64], requests_per_level: count, warmup_requests: 64 },
  });
  const [trial] = plannedTrials(planTrials(config));
  const { signal } = new AbortController();
  const warm = { server: { baseUrl: "", model: "synthetic" }, died: signal };
  const context = {
    config,
    prompts: PROMPTS,
    arrivals: [],
    shared: false,
    signal,
    folder: { dir },
  };
  await using prepared = await prepareRequests(trial!, warm, context);
  const { measured } = prepared.requests;
  print(`${measured.length} requests prepared`, measured.length * measured.at(0)!.body.length);
  let slowest_ms = 0;
  const started = performance.now();
  for (let i = 0; i < measured.length; i++) {
    const asked = performance.now();
    if (measured.at(i)!.body.length === 0) throw new Error(`request ${i} has no body`);
    slowest_ms = Math.max(slowest_ms, performance.now() - asked);
    // As between two sends, other work gets its turn.
    if (i % 64 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const each_us = (performance.now() - started) * 1000 / measured.length;
  const times = `${each_us.toFixed(2)} µs each, at most ${slowest_ms.toFixed(2)} ms`;
  print(`their bodies taken in order, ${times}`, 0);
}

/** A record as a server of steady pace would give it; the digits are those of a real clock. */
function synthetic(index: number): RequestRecord {
  const sent_ms = index * 3.141592653;
  const token_ms = Array.from(
    { length: tokens },
    (_, i) => sent_ms + 40.1 + i * 20.0123456 + index % 7,
  );
  return syntheticRequest({ trial_id: "synthetic", index, users: 64, sent_ms, token_ms });
}
