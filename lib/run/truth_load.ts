/** Sends streams to the known-truth server over the code that sends a trial's load. */
import { Connection } from "@/load/connection.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { generateLoad } from "@/load/generate.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { type Transport, transportFor } from "@/load/transport.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { TruthScript } from "@/truth/script.ts";

export interface TruthLoad {
  baseUrl: string;
  users: number;
  requests: number;
  /** What carries them; the one for a plain address if absent. */
  transport?: Transport;
  max_tokens: number;
  /** Users begin one after the other over so long; all at once if absent. */
  ramp_ms?: number;
  script?: Partial<TruthScript>;
  /** This thread's `performance.now` if absent. */
  now?: () => number;
  signal: AbortSignal;
  onRecord(record: RequestRecord): void;
}

const TIMEOUT_MS = 60_000;

/** Settles when all have ended or, after `signal`, when those in flight have been broken off. */
export async function sendTruthLoad(load: TruthLoad): Promise<void> {
  const { baseUrl, users, max_tokens, signal, onRecord } = load;
  const { transport = transportFor(baseUrl) } = load;
  const habits = { closesUnannounced: false };
  const connections = Array.from(
    { length: users },
    () => new Connection({ baseUrl, headers: {}, habits, transport }),
  );
  const request: PreparedRequest = { prompt_id: "truth", max_tokens, body: bodyOf(load) };
  try {
    await Promise.all(connections.map((connection) => connection.open()));
    await generateLoad({
      trial_id: "truth",
      phase: "measured",
      requests: Array.from({ length: load.requests }, () => request),
      connections,
      // Not from a trial's origin, since the server's clock is compared over the whole run.
      now: load.now ?? (() => performance.now()),
      timeout_ms: TIMEOUT_MS,
      signal,
      ...(load.ramp_ms === undefined ? {} : { ramp_ms: load.ramp_ms }),
      onRecord,
    });
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

function bodyOf({ max_tokens, script }: TruthLoad): Uint8Array {
  return encodeJson({
    model: "truth",
    messages: [{ role: "user", content: "How late are you?" }],
    max_tokens,
    stream: true,
    stream_options: { include_usage: true },
    ...(script === undefined ? {} : { truth: script }),
  });
}
