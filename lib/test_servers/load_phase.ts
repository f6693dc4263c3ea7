/** Sends a phase of equal requests to a server, as a trial does. */
import { Connection, type ServerHabits } from "@/load/connection.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { generateLoad } from "@/load/generate.ts";
import { encodeJson } from "@/load/http_socket.ts";
import type { Transport } from "@/load/transport.ts";
import type { RequestRecord } from "@/records/request_record.ts";

export interface LoadPhase {
  users: number;
  requests: number;
  timeout_ms?: number;
  most_bytes?: number;
  signal?: AbortSignal;
  model?: string;
  /** For the request with that index; 3 by default. */
  max_tokens?: (request: number) => number;
  prompt?: (request: number) => string;
  now?: () => number;
  onRecord?: (record: RequestRecord) => void;
  /** The one for the address if absent. */
  transport?: Transport;
}

export interface LoadResult {
  /** In the order in which the answers ended. */
  records: RequestRecord[];
  window_end_ms: number | null;
  reopened: number;
  habits: ServerHabits;
}

/** Times are milliseconds of `now`, by default `performance.now()`. Connections are open before, and closed after. */
export async function sendLoad(baseUrl: string, load: LoadPhase): Promise<LoadResult> {
  const { users, requests, transport, now = () => performance.now() } = load;
  const habits = { closesUnannounced: false };
  const connections = Array.from(
    { length: users },
    () => new Connection({ baseUrl, headers: {}, habits, transport }),
  );
  await Promise.all(connections.map((connection) => connection.open()));
  const records: RequestRecord[] = [];
  const window_end_ms = await generateLoad({
    trial_id: "t",
    phase: "measured",
    requests: Array.from({ length: requests }, (_, index) => prepared(index, load)),
    connections,
    now,
    timeout_ms: load.timeout_ms ?? 10_000,
    ...(load.most_bytes === undefined ? {} : { most_bytes: load.most_bytes }),
    signal: load.signal ?? new AbortController().signal,
    onRecord(record) {
      records.push(record);
      load.onRecord?.(record);
    },
  });
  await Promise.all(connections.map((connection) => connection.close()));
  const reopened = connections.reduce((sum, connection) => sum + connection.reopened, 0);
  return { records, window_end_ms, reopened, habits };
}

function prepared(index: number, load: LoadPhase): PreparedRequest {
  const { model = "m", max_tokens = () => 3, prompt = (i: number) => `Question ${i}.` } = load;
  const body = {
    model,
    messages: [{ role: "user", content: prompt(index) }],
    max_tokens: max_tokens(index),
    ignore_eos: true,
    stream: true,
    stream_options: { include_usage: true },
  };
  const { max_tokens: asked } = body;
  return { prompt_id: `p/${index}`, max_tokens: asked, body: encodeJson(body) };
}
