/** Server-sent events out of socket reads, each with the time at which it had arrived. */

/** One socket read and when it returned, in milliseconds on the caller's clock. */
export interface Read {
  at_ms: number;
  bytes: Uint8Array;
}

export interface SseEvent {
  at_ms: number;
  /** The `data:` lines joined by line feeds; null for a comment. */
  data: string | null;
  comment: boolean;
  /** The `event:` field, null where there was none. */
  event: string | null;
}

export interface SseStream {
  events: SseEvent[];
  /** How an event began that the stream's end left without its blank line, at most 200 characters. */
  unterminated: string | null;
}

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;

/**
 * Splits reads, in order of arrival, into events as the standard has it: lines end with LF, CRLF or
 * CR; a blank line ends an event; a byte order mark at the start, unknown fields and blocks without
 * data are passed over. Comments are events of their own.
 *
 * `at_ms` is the time of the read that brought the line end of the event's last `data:` line (of the
 * comment's line), not of the blank line after it, which may come in a later write. Text is decoded
 * from whole lines only, so characters split over reads survive. An event without its blank line at
 * the end is no event; it is given as `unterminated`.
 */
export function splitEvents(reads: readonly Read[]): SseStream {
  const bytes = joined(reads);
  const timeOf = arrivalTimes(reads);
  const events: SseEvent[] = [];
  let block = new Block();
  let start = startOffset(bytes);
  let blockStart = start;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte !== LF && byte !== CR) continue;
    if (i === start) {
      const event = block.event();
      if (event) events.push(event);
      block = new Block();
    } else if (bytes[start] === COLON) {
      events.push({ at_ms: timeOf(i), data: null, comment: true, event: null });
    } else {
      block.add(bytes.subarray(start, i), timeOf(i));
    }
    if (byte === CR && bytes[i + 1] === LF) i++;
    start = i + 1;
    if (block.empty) blockStart = start;
  }
  const open = start < bytes.length || !block.empty;
  return { events, unterminated: open ? excerpt(bytes.subarray(blockStart)) : null };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The lines of one event so far. */
class Block {
  #data: string[] = [];
  #at = 0;
  #type: string | null = null;
  empty = true;

  add(line: Uint8Array, at_ms: number) {
    this.empty = false;
    const colon = line.indexOf(COLON);
    const name = decoder.decode(colon < 0 ? line : line.subarray(0, colon));
    if (name !== "data" && name !== "event") return;
    const from = colon < 0 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    const value = decoder.decode(line.subarray(from));
    if (name === "event") {
      this.#type = value;
    } else {
      this.#data.push(value);
      this.#at = at_ms;
    }
  }

  event(): SseEvent | null {
    if (this.#data.length === 0) return null;
    return { at_ms: this.#at, data: this.#data.join("\n"), comment: false, event: this.#type };
  }
}

function joined(reads: readonly Read[]): Uint8Array {
  if (reads.length === 1) return reads[0]!.bytes;
  const bytes = new Uint8Array(reads.reduce((sum, read) => sum + read.bytes.length, 0));
  let offset = 0;
  for (const read of reads) {
    bytes.set(read.bytes, offset);
    offset += read.bytes.length;
  }
  return bytes;
}

/** When the byte at an offset arrived; to be asked in ascending order. */
function arrivalTimes(reads: readonly Read[]): (offset: number) => number {
  let index = 0;
  let end = reads[0]?.bytes.length ?? 0;
  return (offset) => {
    while (offset >= end) end += reads[++index]!.bytes.length;
    return reads[index]!.at_ms;
  };
}

function startOffset(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function excerpt(bytes: Uint8Array): string {
  return decoder.decode(bytes.subarray(0, 800)).slice(0, 200);
}
