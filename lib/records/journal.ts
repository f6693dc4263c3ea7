/**
 * The run's append-only log: one JSON line for each finished request and each change of state.
 * A line is handed to the operating system before the next request starts, so a `kill -9` loses
 * only the requests in flight.
 */
import type { RequestRecord } from "./request_record.ts";
import type { LaunchRecord, TrialRecord } from "./trial_record.ts";

export type JournalLine =
  | { type: "launch" } & LaunchRecord
  | { type: "request" } & RequestRecord
  | { type: "trial" } & TrialRecord
  | { type: "run"; state: "started" | "finished" | "interrupted" | "failed"; at: string };

export class Journal implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();

  /** Opens `path` for appending and creates it if it is not there. */
  constructor(path: string) {
    this.#file = Deno.openSync(path, { create: true, append: true });
  }

  append(line: JournalLine): void {
    let rest = this.#encoder.encode(JSON.stringify(line) + "\n");
    while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
  }

  /** Waits until everything appended so far is on the disk. */
  sync(): void {
    this.#file.syncDataSync();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

export interface JournalContents {
  lines: JournalLine[];
  /** One sentence for each line that could not be read, with its number; such lines are set aside. */
  problems: string[];
}

/** Reads a journal's text. A damaged line is reported and set aside, whatever its place. */
export function parseJournal(text: string, name = "journal.ndjson"): JournalContents {
  const contents: JournalContents = { lines: [], problems: [] };
  text.split("\n").forEach((line, index, all) => {
    if (line === "") return;
    const parsed = parseLine(line);
    if (parsed !== null) return void contents.lines.push(parsed);
    const last = index === all.length - 1;
    const why = last ? "the last line was cut short" : "not a journal line";
    contents.problems.push(`${name}:${index + 1}: ${why} and is set aside: ${excerpt(line)}`);
  });
  return contents;
}

const REQUIRED_KEYS = new Map<unknown, string[]>([
  ["launch", ["launch_id", "entry", "outcome"]],
  ["request", ["trial_id", "phase", "scheduled_ms", "end_ms", "token_ms"]],
  ["trial", ["trial_id", "launch_id", "outcome"]],
  ["run", ["state"]],
]);

function parseLine(line: string): JournalLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  const keys = REQUIRED_KEYS.get(value.type);
  return keys?.every((key) => key in value) ? value as JournalLine : null;
}

function excerpt(line: string): string {
  return line.length <= 80 ? line : `${line.slice(0, 77)}...`;
}
