/** A server's log as it is looked at when something went wrong. `supervise.sh` keeps it in parts. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** So much of each part is looked at: a start with its traceback, or the last of a long trial. */
const PART_BYTES = 1_000_000;

/**
 * What is looked at of the log: of one that outgrew its limit the beginning of its start, then the
 * end of what was kept. Null if it cannot be read.
 */
export function logText(path: string): string | null {
  const end = endOf(path);
  if (end === null) return null;
  return [endOf(`${path}.head`), endOf(`${path}.1`), end].filter((part) => part !== null).join("");
}

/** The last lines of a log, indented under what went wrong. */
export function logTail(path: string, lines = 12): string {
  const end = endOf(path);
  if (end === null) return "";
  const text = ((endOf(`${path}.1`) ?? "") + end).trimEnd();
  if (text === "") return `\n  its log ${path} is empty`;
  const tail = text.split("\n").slice(-lines).map((line) => `  | ${line}`);
  return `\n  end of ${path}:\n${tail.join("\n")}`;
}

/** The end of a file; null if it cannot be read. */
function endOf(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(file);
    const buffer = new Uint8Array(Math.min(size, PART_BYTES));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return new TextDecoder().decode(buffer.subarray(0, read));
  } finally {
    closeSync(file);
  }
}
