/** A journal of any length in bounded memory: its changes of state, and where each trial's requests stand. */
import { readByteLines, readLines } from "./file_lines.ts";
import { type JournalLine, journalProblem, parseLine } from "./journal.ts";
import type { RequestRecord } from "./request_record.ts";

export interface JournalIndex {
  states: Exclude<JournalLine, { type: "request" }>[];
  /** By trial, the bytes from its first line of a request to the end of its last one. */
  requests: Map<string, LineRange>;
  /** One sentence for each line that could not be read, with its number; such lines are set aside. */
  problems: string[];
}

export interface LineRange {
  from: number;
  to: number;
}

const CLOSING_BRACE = 125;

/**
 * Reads the journal at `path` once. Requests of trials that are `stored` elsewhere are passed over by
 * their first and last bytes; all other lines are read, and damaged ones are reported.
 */
export function indexJournal(path: string, stored: ReadonlySet<string>): JournalIndex {
  const index: JournalIndex = { states: [], requests: new Map(), problems: [] };
  const decoder = new TextDecoder();
  let number = 0;
  let passed: { start: Uint8Array; range: LineRange } | null = null;
  for (const { bytes, from, ended } of readByteLines(path, 0, Deno.statSync(path).size)) {
    number++;
    if (bytes.length === 0) continue;
    const to = from + bytes.length;
    if (passed !== null && startsWith(bytes, passed.start) && bytes.at(-1) === CLOSING_BRACE) {
      passed.range.to = to;
      continue;
    }
    const text = decoder.decode(bytes);
    const line = parseLine(text);
    if (line === null) index.problems.push(journalProblem(text, number, ended));
    else if (line.type !== "request") index.states.push(line);
    else {
      const range = index.requests.get(line.trial_id) ?? { from, to };
      range.to = to;
      index.requests.set(line.trial_id, range);
      passed = stored.has(line.trial_id) ? { start: startOf(line.trial_id), range } : null;
    }
  }
  return index;
}

/** The trial's requests in that part of the journal; damaged lines are passed over. */
export function readJournaled(
  path: string,
  trial_id: string,
  { from, to }: LineRange,
): RequestRecord[] {
  const records: RequestRecord[] = [];
  for (const text of readLines(path, from, to)) {
    const line = parseLine(text);
    if (line?.type !== "request" || line.trial_id !== trial_id) continue;
    const { type: _, ...record } = line;
    records.push(record);
  }
  return records;
}

/** How `Journal` begins the line of a request of that trial. */
function startOf(trial_id: string): Uint8Array {
  return new TextEncoder().encode(`{"type":"request","trial_id":${JSON.stringify(trial_id)},`);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.length < start.length) return false;
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}
