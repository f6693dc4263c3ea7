/**
 * Output tokens in each second of a trial's window, kept beside its Parquet file as `TRIAL.tokens.json`,
 * so that the analysis need not read every token's time for them. What it says follows from the records;
 * without it they are read.
 */
import type { RequestRecord } from "./request_record.ts";
import { addTokens, type TimeSlices, type TimeWindow } from "./trial_requests.ts";

/** The seconds of a window that it holds whole, from its start on. */
export function secondsOf({ start_ms, end_ms }: TimeWindow): TimeSlices {
  const slice_ms = 1000;
  return { start_ms, slice_ms, count: Math.max(0, Math.floor((end_ms - start_ms) / slice_ms)) };
}

interface Kept extends Omit<TimeSlices, "count"> {
  /** How many requests were looked at; another number beside it means another trial file. */
  requests: number;
  /** One number a slice. */
  output_tokens: number[];
}

/** Sums as records pass by, in their order. */
export class TokenSeconds {
  readonly #slices: TimeSlices;
  readonly #sums: number[];
  #requests = 0;

  constructor(window: TimeWindow) {
    this.#slices = secondsOf(window);
    this.#sums = new Array<number>(this.#slices.count).fill(0);
  }

  add(records: readonly RequestRecord[]): void {
    this.#requests += records.length;
    addTokens(this.#sums, records, this.#slices);
  }

  /** Writes the file that belongs to the trial file at `path`, by renaming a finished one. */
  write(path: string): void {
    const { start_ms, slice_ms } = this.#slices;
    const output_tokens = this.#sums;
    const kept: Kept = { requests: this.#requests, start_ms, slice_ms, output_tokens };
    const unfinished = `${besideOf(path)}.tmp`;
    Deno.writeTextFileSync(unfinished, JSON.stringify(kept) + "\n");
    Deno.renameSync(unfinished, besideOf(path));
  }
}

/**
 * Output tokens in each of the slices, as they were summed when the trial file at `path` was written
 * with so many requests; null where they were not, or over other slices.
 */
export function keptTokens(path: string, requests: number, slices: TimeSlices): number[] | null {
  const kept = readKept(besideOf(path));
  const same = kept?.requests === requests && kept.start_ms === slices.start_ms &&
    kept.slice_ms === slices.slice_ms && kept.output_tokens?.length >= slices.count;
  return same ? kept.output_tokens.slice(0, slices.count) : null;
}

/** A file that cannot be read is as good as none: the records tell the same. */
function readKept(path: string): Kept | null {
  try {
    return JSON.parse(Deno.readTextFileSync(path)) as Kept | null;
  } catch {
    return null;
  }
}

function besideOf(path: string): string {
  return path.replace(/\.parquet$/, "") + ".tokens.json";
}
