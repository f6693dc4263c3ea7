/**
 * Coordinated omission, live: a server stalls once, and a client that waits for it hardly notices
 * when it counts from its own sends. Small enough for a test and for a notebook.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { quantile } from "simple-statistics";
import { ConnectionPool } from "@/load/connection_pool.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { generateOpenLoad } from "@/load/generate.ts";
import type { RequestRecord } from "@/records/request_record.ts";

export interface Stall {
  /** A request is due every so many milliseconds. */
  period_ms: number;
  requests: number;
  /** From the arrival of request `stall_at` on, everything waits for so long, once. */
  stall_ms: number;
  stall_at: number;
}

/** Latency to the first token over one run, counted from the sends and from the schedule. */
export interface StallRow {
  /** `waiting`: the next request leaves when the last answer is there, late or not. `open`: on schedule. */
  client: "waiting" | "open";
  counted_from: "send" | "schedule";
  n: number;
  p50_ms: number;
  p90_ms: number;
  p99_ms: number;
  max_ms: number;
  mean_ms: number;
  /** Requests that waited longer than half the stall. */
  slow: number;
}

/** Both clients against a server of their own on loopback; four rows. */
export async function coordinatedOmission(stall: Stall): Promise<StallRow[]> {
  const rows: StallRow[] = [];
  for (const client of ["waiting", "open"] as const) {
    const records = await recordsOf(stall, client === "waiting" ? 1 : Infinity);
    for (const counted_from of ["send", "schedule"] as const) {
      const latencies_ms = records.map((record) =>
        record.first_token_ms! - (counted_from === "send" ? record.sent_ms : record.scheduled_ms!)
      );
      rows.push({ client, counted_from, ...figuresOf(latencies_ms, stall.stall_ms / 2) });
    }
  }
  return rows;
}

function figuresOf(latencies_ms: number[], slow_ms: number) {
  return {
    n: latencies_ms.length,
    p50_ms: quantile(latencies_ms, 0.5),
    p90_ms: quantile(latencies_ms, 0.9),
    p99_ms: quantile(latencies_ms, 0.99),
    max_ms: Math.max(...latencies_ms),
    mean_ms: latencies_ms.reduce((sum, ms) => sum + ms, 0) / latencies_ms.length,
    slow: latencies_ms.filter((ms) => ms > slow_ms).length,
  };
}

async function recordsOf(stall: Stall, max_in_flight: number): Promise<RequestRecord[]> {
  const server = await stallingServer(stall);
  const options = { headers: {}, habits: { closesUnannounced: false } };
  const pool = new ConnectionPool([server.baseUrl], options, Math.min(max_in_flight, 8));
  const records: RequestRecord[] = [];
  try {
    await pool.open();
    const now = () => performance.now();
    const start_ms = now() + stall.period_ms;
    const each = Array.from({ length: stall.requests }, (_, i) => i);
    await generateOpenLoad({
      trial_id: "stall",
      phase: "measured",
      requests: each.map((i) => ({ prompt_id: `stall/${i}`, max_tokens: 1, body: encodeJson({}) })),
      due_ms: each.map((i) => i * stall.period_ms),
      zero_ms: start_ms,
      max_in_flight,
      pool,
      now,
      timeout_ms: 60_000,
      signal: new AbortController().signal,
      onRecord: (record) => void records.push(record),
    });
  } finally {
    await pool.close();
    await server.close();
  }
  return records;
}

const ANSWER = [
  { choices: [{ delta: { content: "Hi" }, finish_reason: "length" }] },
  { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n";

async function stallingServer({ stall_at, stall_ms }: Stall) {
  let heard = 0;
  let stalled: Promise<void> = Promise.resolve();
  const server = createServer(async (request, response) => {
    if (heard++ === stall_at) stalled = new Promise((resolve) => setTimeout(resolve, stall_ms));
    request.resume();
    await stalled;
    response.writeHead(200, { "content-type": "text/event-stream" }).end(ANSWER);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
