/** One question outside of any trial: only the text of the answer matters. */
import { Connection, type ServerHabits } from "@/load/connection.ts";
import { exchange, type ExchangeOptions, type PreparedRequest, toRecord } from "@/load/exchange.ts";
import { splitEvents } from "@/load/sse.ts";
import { parseStream } from "@/load/stream_parse.ts";
import type { EngineEntry } from "@/config/schema.ts";
import { engineOf } from "@/engines/kinds.ts";
import { masked, secretsOf } from "@/engines/secrets.ts";
import { portablePaths } from "./portable_paths.ts";

/** The answer's text; of a request that broke the error. */
export interface Answer {
  text: string;
  failed: boolean;
}

/** A connection for such questions, not open yet. */
export function connectionTo(
  baseUrl: string,
  entry: EngineEntry,
  habits: ServerHabits,
): Connection {
  const engine = engineOf(entry.kind);
  return new Connection({
    baseUrl,
    headers: engine.headers(entry),
    habits,
    ca: engine.ca?.(entry),
  });
}

/** Asks on an open connection. What the stream lacks besides its text does not matter here. */
export async function askText(
  connection: Connection,
  request: PreparedRequest,
  options: ExchangeOptions,
): Promise<Answer> {
  await connection.prepare();
  const seen = await exchange(connection, request, options);
  const { failure, error } = toRecord(UNPLANNED, seen);
  if (failure !== null && !["no_usage", "no_token"].includes(failure)) {
    return { text: error!, failed: true };
  }
  return { text: parseStream(splitEvents(seen.arrivals).events, "chat").text, failed: false };
}

/** It is no part of a trial; of its record only the failure is used. */
const UNPLANNED = {
  trial_id: "",
  phase: "warmup",
  request_index: 0,
  user_index: 0,
  in_flight: 1,
  scheduled_ms: 0,
} as const;

/** Shortened, and without secrets and this machine's folders, which errors may carry. */
export function portableText(text: string, entry: EngineEntry, longest: number): string {
  return [...portablePaths(masked(text, secretsOf(entry)))].slice(0, longest).join("");
}
