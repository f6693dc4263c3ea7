/** A trial's Parquet file out of the journal's lines, in memory that does not grow with the trial. */
import { setImmediate } from "node:timers";
import { readLines } from "./file_lines.ts";
import { parseLine } from "./journal.ts";
import { joinRequests, writeRequests } from "./parquet.ts";
import type { RequestRecord } from "./request_record.ts";
import { TokenSeconds } from "./token_seconds.ts";
import type { TimeWindow } from "./trial_requests.ts";

/** The trial's lines of `journal`, between two offsets in bytes. */
export interface TrialLines {
  journal: string;
  trial_id: string;
  from: number;
  to: number;
}

/** Journal bytes that are turned into rows at a time. */
const BATCH_BYTES = 4 * 2 ** 20;

/**
 * Writes the trial's requests to `path`, by renaming a finished file. What the lines say is what
 * the file says. Lines of other trials and other kinds are passed over. With a `window`, its output
 * tokens by the second are written beside it.
 */
export async function writeTrialFile(
  path: string,
  lines: TrialLines,
  { window = null, batchBytes = BATCH_BYTES }: {
    window?: TimeWindow | null;
    batchBytes?: number;
  } = {},
): Promise<void> {
  const seconds = window && new TokenSeconds(window);
  await writeRows(path, lines, batchBytes, (records) => seconds?.add(records));
  seconds?.write(path);
}

async function writeRows(
  path: string,
  lines: TrialLines,
  batchBytes: number,
  seen: (records: RequestRecord[]) => void,
): Promise<void> {
  const folder = `${path}.parts`;
  const parts: string[] = [];
  let batch: RequestRecord[] = [];
  let largest = 0;
  try {
    for (const next of batches(lines, batchBytes)) {
      if (batch.length > 0) parts.push(await writePart(folder, parts.length, batch));
      batch = next;
      seen(batch);
      largest = Math.max(largest, next.length);
    }
    if (parts.length === 0) return writeRequests(path, batch);
    parts.push(await writePart(folder, parts.length, batch));
    await joinRequests(path, parts, largest);
  } finally {
    if (parts.length > 0) Deno.removeSync(folder, { recursive: true });
  }
}

async function writePart(
  folder: string,
  number: number,
  records: RequestRecord[],
): Promise<string> {
  Deno.mkdirSync(folder, { recursive: true });
  const path = `${folder}/${String(number).padStart(6, "0")}.parquet`;
  writeRequests(path, records);
  // Polars frees a frame's memory in a turn of the event loop only.
  await new Promise<void>((resolve) => setImmediate(resolve));
  return path;
}

function* batches(
  { journal, trial_id, from, to }: TrialLines,
  batchBytes: number,
): Generator<RequestRecord[]> {
  let batch: RequestRecord[] = [];
  let bytes = 0;
  for (const text of readLines(journal, from, to)) {
    const line = parseLine(text);
    if (line?.type !== "request" || line.trial_id !== trial_id) continue;
    const { type: _, ...record } = line;
    batch.push(record);
    bytes += text.length;
    if (bytes < batchBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
