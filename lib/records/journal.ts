/**
 * The run's append-only log: one JSON line for each finished request and each change of state.
 * A line is handed to the operating system before the next request starts, so a `kill -9` loses
 * only the requests in flight.
 */
import { cutText } from "@/config/cut_text.ts";
import type { PlannedLaunch } from "@/config/plan.ts";
import type { ArrivalsFile } from "./arrivals_file.ts";
import type { AccuracyRecord } from "./accuracy_record.ts";
import { fromRequestLine, toRequestLine, wholeMicroseconds } from "./request_line.ts";
import type { RequestRecord } from "./request_record.ts";
import type { LaunchRecord, TrialRecord } from "./trial_record.ts";
import type { TimeWindow } from "./trial_requests.ts";
import { writeWhole } from "./write_whole.ts";

/** Its file in the run folder. */
export const JOURNAL = "journal.ndjson";

export type JournalLine =
  | { type: "launch" } & LaunchRecord
  | { type: "request" } & RequestRecord
  | { type: "trial" } & TrialRecord
  /** A launch whose trials depend on those before, in place of what was planned for it so far. */
  | { type: "planned"; arrivals: Record<string, ArrivalsFile> } & PlannedLaunch
  | { type: "accuracy" } & AccuracyRecord
  | { type: "run"; state: "started" | "finished" | "interrupted" | "failed"; at: string };

export class Journal implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  /** Length of the file. */
  bytes: number;

  /** Opens `path` for appending and creates it if it is not there. */
  constructor(readonly path: string) {
    this.#file = Deno.openSync(path, { create: true, append: true });
    this.bytes = this.#file.statSync().size;
  }

  append(line: JournalLine): void {
    const bytes = this.#encoder.encode(JSON.stringify(keptForm(line)) + "\n");
    this.bytes += bytes.length;
    writeWhole(this.#file, bytes);
  }

  /** Waits until everything appended so far is on the disk. */
  sync(): void {
    this.#file.syncDataSync();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** A trial's window as its line has it: rounded as its requests' times are. */
export function keptWindow({ start_ms, end_ms }: TimeWindow): TimeWindow {
  return { start_ms: wholeMicroseconds(start_ms)!, end_ms: wholeMicroseconds(end_ms)! };
}

/** The line as it is written. */
function keptForm(line: JournalLine): object {
  if (line.type === "request") return toRequestLine(line);
  if (line.type !== "trial") return line;
  const [start, end] = [line.window_start_ms, line.window_end_ms].map(wholeMicroseconds);
  return { ...line, window_start_ms: start, window_end_ms: end };
}

export interface JournalContents {
  lines: JournalLine[];
  /** One sentence for each line that could not be read, with its number; such lines are set aside. */
  problems: string[];
}

/** Reads a short journal's text. A damaged line is reported and set aside, whatever its place. */
export function parseJournal(text: string, name = JOURNAL): JournalContents {
  const contents: JournalContents = { lines: [], problems: [] };
  text.split("\n").forEach((line, index, all) => {
    if (line === "") return;
    const parsed = parseLine(line);
    if (parsed !== null) return void contents.lines.push(parsed);
    contents.problems.push(journalProblem(line, index + 1, index < all.length - 1, name));
  });
  return contents;
}

/** The sentence for a line that could not be read; `ended` where it has its line feed. */
export function journalProblem(
  line: string,
  number: number,
  ended: boolean,
  name = JOURNAL,
): string {
  const why = ended ? "not a journal line" : "the last line was cut short";
  return `${name}:${number}: ${why} and is set aside: ${cutText(line, 80)}`;
}

const REQUIRED_KEYS = new Map<unknown, string[]>([
  ["launch", ["launch_id", "entry", "outcome"]],
  ["request", ["trial_id", "phase", "scheduled_ms", "end_ms"]],
  ["trial", ["trial_id", "launch_id", "outcome"]],
  ["planned", ["launch_id", "trials", "arrivals"]],
  ["accuracy", ["entry", "answers"]],
  ["run", ["state"]],
]);

/** One line of a journal; null if it is none. */
export function parseLine(line: string): JournalLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  const keys = REQUIRED_KEYS.get(value.type);
  if (!keys?.every((key) => key in value)) return null;
  if (value.type !== "request") return value as JournalLine;
  const { type, ...record } = value as { type: "request" } & RequestRecord;
  if (!Array.isArray(record.token_ms ?? (value as { token_us?: unknown }).token_us)) return null;
  return { type, ...fromRequestLine(record) };
}
