/** Server-sent events out of socket reads, each with the time at which it had arrived. */

import type { Arrivals } from "./arrivals.ts";

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

/** Splits reads, in order of arrival, into events. */
export function splitEvents(arrivals: Arrivals): SseStream {
  const reader = new EventReader(arrivals);
  const events: SseEvent[] = [];
  for (let event; (event = reader.next()) !== null;) events.push(event);
  return { events, unterminated: reader.unterminated() };
}

/**
 * Reads events one by one as the standard has it: lines end with LF, CRLF or CR; a blank line ends an
 * event; a byte order mark at the start, unknown fields and blocks without data are passed over.
 * Comments are events of their own.
 *
 * `at_ms` is the time of the read that brought the line end of the event's last `data:` line (of the
 * comment's line), not of the blank line after it, which may come in a later write. Text is decoded
 * from whole lines only, so characters split over reads survive. An event without its blank line at
 * the end is no event; it is given as `unterminated`.
 */
export class EventReader {
  /** What had come when `refresh` was called last, or at the beginning: so many bytes of it. */
  bytes: Uint8Array;
  length: number;
  /** When the byte at an offset arrived; to be asked in ascending order. */
  timeOf: (offset: number) => number;
  readonly #arrivals: Arrivals;
  #block = new Block();
  #start: number;
  #blockStart: number;

  constructor(arrivals: Arrivals) {
    this.#arrivals = arrivals;
    this.bytes = arrivals.buffer;
    this.length = arrivals.length;
    this.timeOf = arrivals.times();
    this.#start = this.#blockStart = startOffset(arrivals.bytes);
  }

  /** Where the next event begins; null inside an event. */
  get boundary(): number | null {
    return this.#block.empty ? this.#start : null;
  }

  /** Goes on behind an event that the caller has read itself, from `boundary` up to `offset`. */
  skipTo(offset: number): void {
    this.#start = this.#blockStart = offset;
  }

  /** Takes in what has come since. */
  refresh(): void {
    this.bytes = this.#arrivals.buffer;
    this.length = this.#arrivals.length;
  }

  /** The arrivals, all read up to a boundary, were cleared: goes on with what comes next. */
  restart(): void {
    this.refresh();
    this.timeOf = this.#arrivals.times();
    this.skipTo(0);
  }

  /**
   * The next whole event, or null when there is none left. While more may come, a CR at the end of
   * the bytes waits: it may be half a line end.
   */
  next(complete = true): SseEvent | null {
    const { bytes, length } = this;
    for (let i = this.#start; i < length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) continue;
      const last = i + 1 === length;
      if (byte === CR && last && !complete) return null;
      const event = this.#line(i);
      if (byte === CR && !last && bytes[i + 1] === LF) i++;
      this.#start = i + 1;
      if (this.#block.empty) this.#blockStart = this.#start;
      if (event !== null) return event;
    }
    return null;
  }

  /** How an event began that the stream's end left without its blank line, at most 200 characters. */
  unterminated(): string | null {
    const open = this.#start < this.length || !this.#block.empty;
    return open ? excerpt(this.bytes.subarray(this.#blockStart, this.length)) : null;
  }

  /** Takes in the line that ends before `end`; gives the event that is whole with it. */
  #line(end: number): SseEvent | null {
    if (end === this.#start) {
      const event = this.#block.event();
      this.#block = new Block();
      return event;
    }
    if (this.bytes[this.#start] === COLON) {
      return { at_ms: this.timeOf(end), data: null, comment: true, event: null };
    }
    this.#block.add(this.bytes.subarray(this.#start, end), this.timeOf(end));
    return null;
  }
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

function startOffset(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function excerpt(bytes: Uint8Array): string {
  return decoder.decode(bytes.subarray(0, 800)).slice(0, 200);
}
