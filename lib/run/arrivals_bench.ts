/**
 * Holds what a server saw against the plan: `deno task bench:arrivals [RATE] [REQUESTS]` sends a
 * drawn Poisson list to a server on loopback that notes when each request arrives, and prints both
 * sides' rate and index of dispersion. Exits 1 when they differ by more than the limits.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { quantile } from "simple-statistics";
import { mostWithin } from "@/config/arrivals/arrival.ts";
import { drawArrivals } from "@/config/arrivals/draw.ts";
import type { OpenLoad } from "@/config/load_point.ts";
import { ConnectionPool } from "@/load/connection_pool.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { generateOpenLoad } from "@/load/generate.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { type ArrivalAudit, auditArrivals } from "./arrivals_audit.ts";

/** A seed for the list; any will do. */
const SEED = 1;

/** Sends requests at these times to a server in this process; gives what it saw and the client's records. */
export async function sendToLoggingServer(times_ms: Float64Array) {
  const seen_ms: number[] = [];
  const server = createServer((request, response) => {
    seen_ms.push(performance.now());
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" }).end(ANSWER);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const options = { headers: {}, habits: { closesUnannounced: false } };
  const spare = Math.max(4, 2 * mostWithin(times_ms, 50));
  const pool = new ConnectionPool([`http://127.0.0.1:${port}/v1`], options, spare);
  const records: RequestRecord[] = [];
  await pool.open();
  const start_ms = performance.now() + 20;
  await generateOpenLoad({
    trial_id: "arrivals",
    phase: "measured",
    requests: Array.from(
      times_ms,
      (_, i) => ({ prompt_id: `${i}`, max_tokens: 1, body: encodeJson({}) }),
    ),
    due_ms: times_ms,
    zero_ms: start_ms,
    max_in_flight: Infinity,
    pool,
    now: () => performance.now(),
    timeout_ms: 10_000,
    signal: new AbortController().signal,
    onRecord: (record) => void records.push(record),
  });
  await pool.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return { seen_ms, records, openedLate: pool.openedLate };
}

const ANSWER = [
  { choices: [{ delta: { content: "Hi" }, finish_reason: "length" }] },
  { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n";

if (import.meta.main) {
  const [rate_per_s = 20, requests = 600] = Deno.args.map(Number);
  const load: OpenLoad = { mode: "poisson", rate_per_s, requests };
  const { times_ms } = drawArrivals(load, SEED);
  const { seen_ms, records, openedLate } = await sendToLoggingServer(times_ms);
  const audit: ArrivalAudit = auditArrivals([...times_ms], seen_ms);
  const late_ms = records.map(({ sent_ms, scheduled_ms }) => sent_ms - scheduled_ms!);
  const lateness = { p50: quantile(late_ms, 0.5), p99: quantile(late_ms, 0.99) };
  console.log(JSON.stringify({ load, ...audit, lateness_ms: lateness, openedLate }, null, 2));
  Deno.exit(audit.pass ? 0 : 1);
}
