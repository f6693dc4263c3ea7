/** A finished trial's requests as a Parquet file, for any tool that reads Parquet. */
import pl from "polars";
import type { RequestRecord } from "./request_record.ts";
import type { RequestRow } from "./trial_requests.ts";

// Every number is Float64: this version of Polars turns a missing Int32 into 0.
export const COLUMNS = {
  trial_id: pl.Utf8,
  phase: pl.Utf8,
  request_index: pl.Float64,
  user_index: pl.Float64,
  prompt_id: pl.Utf8,
  max_tokens: pl.Float64,
  asked_prompt_tokens: pl.Float64,
  in_flight: pl.Float64,
  scheduled_ms: pl.Float64,
  sent_ms: pl.Float64,
  headers_ms: pl.Float64,
  role_ms: pl.Float64,
  first_token_ms: pl.Float64,
  last_token_ms: pl.Float64,
  end_ms: pl.Float64,
  token_ms: pl.List(pl.Float64),
  text_events: pl.Float64,
  reads: pl.Float64,
  events: pl.Float64,
  http_status: pl.Float64,
  finish_reason: pl.Utf8,
  prompt_tokens: pl.Float64,
  output_tokens: pl.Float64,
  cached_tokens: pl.Float64,
  server_queue_ms: pl.Float64,
  server_prefill_ms: pl.Float64,
  server_decode_ms: pl.Float64,
  failure: pl.Utf8,
  error: pl.Utf8,
} as const satisfies Record<keyof RequestRecord | keyof RequestRow, unknown>;

/** Columns that older files lack. */
const ADDED = [
  "asked_prompt_tokens",
  "server_queue_ms",
  "server_prefill_ms",
  "server_decode_ms",
  "text_events",
];

/** Request records as a frame: one row a request, `token_ms` as a list column and its length beside. */
export function requestFrame(records: readonly RequestRecord[]): pl.DataFrame {
  // Polars cannot make a list column of no rows, so an empty frame begins with one that goes again.
  const rows = records.length > 0 ? records : [{ token_ms: [] as number[] } as RequestRecord];
  const series = Object.entries(COLUMNS).map(([name, type]) => {
    const valueOf = name === "text_events"
      ? (record: RequestRecord) => record.token_ms.length
      : (record: RequestRecord) => record[name as keyof RequestRecord] ?? null;
    return pl.Series(name, rows.map(valueOf), type);
  });
  return pl.DataFrame(series).head(records.length);
}

/** Writes `path` by renaming a finished file, so that no half-written one is ever seen. */
export function writeRequests(path: string, records: readonly RequestRecord[]): void {
  const unfinished = `${path}.tmp`;
  requestFrame(records).writeParquet(unfinished);
  Deno.renameSync(unfinished, path);
}

/**
 * Makes one file of several, by renaming, as `writeRequests` does. A group of rows is held in memory
 * at a time.
 */
export async function joinRequests(
  path: string,
  parts: readonly string[],
  rowGroupSize: number,
): Promise<void> {
  const unfinished = `${path}.tmp`;
  const frames = parts.map((part) => pl.scanParquet(part));
  await pl.concat(frames).sinkParquet(unfinished, { rowGroupSize }).collect();
  Deno.renameSync(unfinished, path);
}

/** Names of columns that a file should have and has not; `columns` are its own. */
export function missingColumns(columns: readonly string[]): string[] {
  return Object.keys(COLUMNS).filter((name) => !columns.includes(name) && !ADDED.includes(name));
}
