/**
 * Reads an answer: the same as all its events read one by one, without parsing what only repeats.
 * That may be done while it comes, so that hardly any of its bytes have to be kept.
 */
import { Arrivals } from "./arrivals.ts";
import { FrameTemplate } from "./frame_template.ts";
import type { Readings } from "./readings.ts";
import { EventReader } from "./sse.ts";
import { type Api, newStream, type ParsedStream, takeEvent } from "./stream_parse.ts";

export interface ParsedAnswer {
  /** Without the text, of which nothing is kept. */
  stream: Omit<ParsedStream, "text" | "kinds">;
  /** Nothing came but comments, if that. */
  eventless: boolean;
  /** How an event began that the stream's end left without its blank line. */
  unterminated: string | null;
}

/** After so many templates in a row that no frame fitted, none is made any more. */
const MOST_MISSES = 4;

/** Whether a stream begins with a byte order mark is told by so many. */
const BYTES_OF_A_MARK = 3;

/** Gives what `parseStream` gives for the events of `arrivals`. Never throws. */
export function parseAnswer(arrivals: Arrivals, api: Api): ParsedAnswer {
  return new AnswerReader(api, arrivals).finish();
}

/** Runs a task when nothing else has to be done at once; false where there is no room for it now. */
export interface Later {
  room(task: () => void, at_ms: number): boolean;
}

const PACE_MS = 0.5;

/** Of many answers that come together one in each half a millisecond is read, so that no other has to wait. */
export class Pace implements Later {
  readonly #readings: Pick<Readings, "add">;
  #next_ms = -Infinity;

  constructor(readings: Pick<Readings, "add">) {
    this.#readings = readings;
  }

  /** `at_ms` is now. */
  room(task: () => void, at_ms: number): boolean {
    if (at_ms < this.#next_ms) return false;
    this.#next_ms = at_ms + PACE_MS;
    this.#readings.add(task);
    return true;
  }
}

export class AnswerReader {
  /** The bytes that have not been read yet, or are to be kept anyway. */
  readonly arrivals: Arrivals;
  readonly #api: Api;
  /** Made once there are bytes enough to tell whether they begin with a byte order mark. */
  #reader: EventReader | null = null;
  readonly #stream = newStream();
  /** Tokens that a template told. */
  #fitted = 0;
  #template: FrameTemplate | null = null;
  #misses = 0;
  /** `later` is going to read it. */
  #asked = false;
  #finished = false;

  constructor(api: Api, arrivals = new Arrivals()) {
    this.#api = api;
    this.arrivals = arrivals;
  }

  /**
   * Takes in bytes that came: tokens of the known form are read from where they lie, the rest is kept
   * and read by `later`, or in `finish`.
   */
  take(source: Uint8Array, from: number, to: number, at_ms: number, later: Later): void {
    const { arrivals } = this;
    const at = arrivals.length === 0 ? this.#fold(source, from, to, at_ms) : from;
    if (at > from) arrivals.pass(at - from, at_ms);
    if (at === to) return;
    arrivals.append(source, at, to, at_ms);
    if (this.#template !== null && this.#readFitting()) return;
    if (this.#asked || this.#misses >= MOST_MISSES) return;
    this.#asked = later.room(this.#readSome, at_ms);
  }

  readonly #readSome = () => {
    if (this.#finished) return;
    this.#asked = false;
    if (this.arrivals.length >= BYTES_OF_A_MARK) this.#read(false);
  };

  /** The answer has ended: reads what is left of it. */
  finish(): ParsedAnswer {
    this.#finished = true;
    const reader = this.#read(true);
    const { text: _, kinds, ...stream } = this.#stream;
    return {
      stream: { ...stream, events: kinds.length + this.#fitted },
      eventless: this.#fitted === 0 && kinds.every((kind) => kind === "comment"),
      unterminated: reader.unterminated(),
    };
  }

  /** Reads tokens that fit, with nothing unread before them. Gives where they end. */
  #fold(source: Uint8Array, from: number, to: number, at_ms: number): number {
    if (this.#template === null) return from;
    let at = from;
    while (at < to) {
      const end = this.#template.end(source, at, to);
      if (end < 0) break;
      this.#stream.token_ms.push(at_ms);
      this.#fitted++;
      at = end;
    }
    if (at > from) this.#misses = 0;
    return at;
  }

  /** Reads tokens that fit among the bytes that are kept. True when none are left to read. */
  #readFitting(): boolean {
    const reader = this.#reader!;
    reader.refresh();
    while (this.#readFit(reader));
    return this.#dropRead(reader);
  }

  #readFit(reader: EventReader): boolean {
    const { boundary, bytes, length } = reader;
    if (boundary === null || this.#template === null) return false;
    const end = this.#template.end(bytes, boundary, length);
    if (end < 0) return false;
    this.#stream.token_ms.push(reader.timeOf(end - this.#template.afterLine));
    this.#fitted++;
    this.#misses = 0;
    reader.skipTo(end);
    return true;
  }

  /** Reads every event that is whole; with `complete` no more will come. */
  #read(complete: boolean): EventReader {
    const reader = this.#reader ??= new EventReader(this.arrivals);
    reader.refresh();
    for (;;) {
      if (this.#readFit(reader)) continue;
      const from = reader.boundary;
      const event = reader.next(complete);
      if (event === null) break;
      const kind = takeEvent(this.#stream, event, this.#api);
      if (kind !== "token" || from === null || this.#misses++ >= MOST_MISSES) continue;
      const frame = reader.bytes.subarray(from, reader.boundary ?? from);
      this.#template = FrameTemplate.of(frame, this.#api) ?? this.#template;
    }
    if (!complete) this.#dropRead(reader);
    return reader;
  }

  /** Of a stream of tokens what was read is not needed again. True when that was all. */
  #dropRead(reader: EventReader): boolean {
    if (this.#template === null || reader.boundary !== this.arrivals.length) return false;
    this.arrivals.clear();
    reader.restart();
    return true;
  }
}
