/** What every reader of a foreign result file gives: one level as another tool measured it. */
import { z } from "zod";
import type { ImportedNumbers, ImportedTrial, ReportedNumber } from "@/records/imported_trial.ts";
import type { SourceFile } from "./source_file.ts";

export interface ForeignTrial extends Pick<ImportedTrial, "said" | "limits" | "reported"> {
  /** The tool with its version, if the file tells one. */
  measured_by: string;
  /** What the file calls the engine or, failing that, the model. */
  engine: string;
  model: string;
  /** Root of the server that was asked; null if the file does not say. */
  url: string | null;
  concurrency: number;
  /** When the level began, ISO 8601; null if the file does not say. */
  started_at: string | null;
  /** Requests that the tool says it sent. */
  sent: number;
  /** Null when the file holds percentiles only; then `numbers` holds what they allow. */
  requests: ForeignRequest[] | null;
  numbers: ImportedNumbers | null;
  /** All files that it was read from. */
  files: SourceFile[];
}

/** One request; what happened to it counts in milliseconds from its own sending. */
export interface ForeignRequest {
  phase?: "warmup" | "measured";
  /** On any clock that all requests of the trial share; null if the file does not say. */
  sent_ms: number | null;
  first_token_after_ms: number | null;
  last_token_after_ms: number | null;
  /** When the answer had ended; null if the file does not say. */
  end_after_ms: number | null;
  /** Arrivals of events with text; empty if the file does not say. */
  token_after_ms: number[];
  events: number | null;
  prompt_tokens: number | null;
  output_tokens: number | null;
  max_tokens: number | null;
  /** In the tool's own words; null when it succeeded. */
  error: string | null;
}

/** Reads the files of one tool. One file a reader; `readers.ts` lists them. */
export interface Reader {
  /** Value of `--tool`. */
  tool: string;
  /** Whether the content is this tool's. */
  recognises(source: SourceFile): boolean;
  /**
   * The trials in a file. `concurrency` is what the user says of a file that does not say it.
   * Throws an `ImportProblem` that says what was seen and what to do.
   */
  read(source: SourceFile, concurrency: number | null): ForeignTrial[];
}

/** A number of a table of `reported` ones; left out where the tool has none. */
export function reported(
  name: string,
  value: number | null | undefined,
  unit: string,
  meaning: string,
): ReportedNumber[] {
  return value === null || value === undefined || !Number.isFinite(value)
    ? []
    : [{ name, value, unit, meaning }];
}

/** Running sums, `start` first: when the events came whose gaps are `gaps`. */
export function arrivals(start: number, gaps: readonly number[]): number[] {
  let at = start;
  return [start, ...gaps.map((gap) => at += gap)];
}

/** Clients that leave a failed request's numbers at 0 may keep its error elsewhere. */
export function noAnswer(ttft: number, output_tokens: number): string | null {
  return ttft === 0 && output_tokens === 0 ? "no answer, and the file does not say why" : null;
}

/** A request rate; Python's infinity, in either spelling, is `inf`. */
export const requestRate = z.preprocess(
  (value) => value === Infinity ? "inf" : value,
  z.union([z.literal("inf"), z.number()]),
);

/** Sentences that hold for several tools. */
export const LIMITS = {
  closed_loop:
    "The scheduled start of a request is not in the file. It is taken as the end of the request whose place it took (closed loop, C at a time), so client delay between two requests counts as latency; the first C count from their sending.",
  no_send_times:
    "The file has no send times: no schedule, no window, no requests in flight. TTFT is known from sending only; TTFT and end-to-end latency from the schedule and throughput in a window stay empty.",
  percentiles_only:
    "The file holds percentiles only. Just the numbers whose definition is this project's are taken over; all others stay empty.",
  one_pass:
    "Nothing is known of launches, warm-up or prompts, so repeats are passes and comparisons are exploratory at most.",
};
