/**
 * Pushes synthetic request records through the path that a trial's take, and prints what this
 * process keeps: `deno task bench:memory [RECORDS] [TOKENS]`. Nothing here was measured on an engine.
 */
import { createRunFolder } from "@/records/run_folder.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { Tally } from "./tally.ts";

const MIB = 2 ** 20;

const [last = 1_000_000, tokens = 128] = Deno.args.map(Number);
const marks = [last / 100, last / 10, last];

const dir = Deno.makeTempDirSync({ prefix: "memory-bench-" });
try {
  using folder = createRunFolder(`${dir}/run`, {} as Manifest);
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
} finally {
  Deno.removeSync(dir, { recursive: true });
}

function print(what: string, file_bytes: number): void {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed } = Deno.memoryUsage();
  const [rss_mib, heap_mib, file_mib] = [rss, heapUsed, file_bytes].map((n) =>
    Math.round(n / MIB * 10) / 10
  );
  console.log(JSON.stringify({ what, rss_mib, heap_mib, file_mib }));
}

/** A record as a server of steady pace would give it; the digits are those of a real clock. */
function synthetic(index: number): RequestRecord {
  const sent_ms = index * 3.141592653;
  const token_ms = Array.from(
    { length: tokens },
    (_, i) => sent_ms + 40.1 + i * 20.0123456 + index % 7,
  );
  return {
    trial_id: "synthetic",
    phase: "measured",
    request_index: index,
    user_index: index % 64,
    prompt_id: `prompt/${index % 200}`,
    max_tokens: tokens,
    in_flight: 64,
    scheduled_ms: sent_ms,
    sent_ms,
    headers_ms: sent_ms + 12.3456,
    role_ms: sent_ms + 30.123,
    first_token_ms: token_ms[0]!,
    last_token_ms: token_ms.at(-1)!,
    end_ms: token_ms.at(-1)! + 0.5,
    token_ms,
    reads: tokens,
    events: tokens + 3,
    http_status: 200,
    finish_reason: "length",
    prompt_tokens: 300,
    output_tokens: tokens,
    cached_tokens: 0,
    failure: null,
    error: null,
  };
}
