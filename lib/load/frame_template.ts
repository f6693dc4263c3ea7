/**
 * What the frames of one stream repeat. Nearly all are equal but for the text of their token, so that
 * one that was parsed tells what the next ones mean.
 */
import { type Api, newStream, takeEvent } from "./stream_parse.ts";

const DATA = encode("data: ");
const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
/** 1 for what may follow a backslash, `u` apart: one character, as it stands. */
const ESCAPED = new Uint8Array(256);
for (const byte of encode('"\\/bfnrt')) ESCAPED[byte] = 1;
const MARK = "x";

/** Fields of a choice that hold text, as they stand before it. */
const TEXT_KEYS = {
  chat: ["content", "reasoning_content", "reasoning"].map((name) => encode(`"${name}":`)),
  completions: [encode(`"text":`)],
} satisfies Record<Api, Uint8Array[]>;
const ENDINGS = [encode("\n\n"), encode("\r\n\r\n")];

/**
 * A frame `prefix "text" suffix` that was parsed as a token and says nothing else: no usage, no
 * finish reason. Another frame of that prefix and suffix with other text in between, of at least one
 * character and with no escape by number, parses to the same but for the text: JSON has no other way
 * to read it. So it is a token, too.
 */
export class FrameTemplate {
  readonly #frame: Uint8Array;
  readonly #words: DataView;
  readonly #prefixLength: number;
  readonly #suffixAt: number;

  private constructor(
    frame: Uint8Array,
    prefixLength: number,
    suffixAt: number,
    /** Bytes from the data line's end up to the event's end. */
    readonly afterLine: number,
  ) {
    this.#frame = frame.slice();
    this.#words = new DataView(this.#frame.buffer);
    this.#prefixLength = prefixLength;
    this.#suffixAt = suffixAt;
  }

  /** The template of a whole event whose meaning was a token; null if it cannot serve as one. */
  static of(frame: Uint8Array, api: Api): FrameTemplate | null {
    const afterLine = lineEndings(frame);
    if (afterLine === 0 || !startsWith(frame, DATA)) return null;
    for (const key of TEXT_KEYS[api]) {
      const at = indexOf(frame, key);
      if (at < 0) continue;
      const open = at + key.length + (frame[at + key.length] === SPACE ? 1 : 0);
      const close = frame.indexOf(QUOTE, open + 1);
      if (frame[open] !== QUOTE || close <= open + 1 || frame[close - 1] === BACKSLASH) continue;
      if (!isItsText(frame, open + 1, close, afterLine, api)) continue;
      return new FrameTemplate(frame, open + 1, close, afterLine);
    }
    return null;
  }

  /** Where the event that begins at `from` ends, if it fits and is whole before `to`; else -1. */
  end(bytes: Uint8Array, from: number, to: number): number {
    const frame = this.#frame;
    const prefix = this.#prefixLength;
    if (to - from <= frame.length - (this.#suffixAt - prefix)) return -1;
    const words = wordsOf(bytes);
    if (!this.#repeats(words, from, 0, prefix)) return -1;
    let at = from + prefix;
    const textFrom = at;
    const textMost = to - (frame.length - this.#suffixAt);
    for (; bytes[at] !== QUOTE; at++) {
      if (at >= textMost || bytes[at]! < SPACE) return -1;
      if (bytes[at] === BACKSLASH && ESCAPED[bytes[++at]!] !== 1) return -1;
    }
    if (at === textFrom || at > textMost) return -1;
    if (!this.#repeats(words, at, this.#suffixAt, frame.length)) return -1;
    return at + frame.length - this.#suffixAt;
  }

  /** Whether the bytes at `at` are those of the frame from `from` up to `to`; four at a time, for speed. */
  #repeats(bytes: DataView, at: number, from: number, to: number): boolean {
    const frame = this.#words;
    const shift = at - from;
    let i = from;
    for (; i + 4 <= to; i += 4) {
      if (bytes.getInt32(i + shift, true) !== frame.getInt32(i, true)) return false;
    }
    for (; i < to; i++) if (bytes.getUint8(i + shift) !== frame.getUint8(i)) return false;
    return true;
  }
}

/** The view of the bytes that were looked at last: mostly all sockets read into the same. */
let viewed: { bytes: Uint8Array; words: DataView } | null = null;

function wordsOf(bytes: Uint8Array): DataView {
  if (viewed?.bytes !== bytes) {
    viewed = { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  }
  return viewed.words;
}

/**
 * Whether the string between the offsets is all the text of the frame, and the frame only a token:
 * with one character more there, the text has to be that.
 */
function isItsText(
  frame: Uint8Array,
  from: number,
  to: number,
  afterLine: number,
  api: Api,
): boolean {
  const text = decoder.decode(frame.subarray(from, to)) + MARK;
  const before = decoder.decode(frame.subarray(DATA.length, from));
  const data = before + text + decoder.decode(frame.subarray(to, frame.length - afterLine));
  const stream = newStream();
  const kind = takeEvent(stream, { at_ms: 0, data, comment: false, event: null }, api);
  return kind === "token" && stream.text === text && stream.usage === null &&
    stream.finish_reason === null;
}

/** Length of the two line ends that close an event, if they are of one kind: the data is one line. */
function lineEndings(frame: Uint8Array): number {
  for (const ending of ENDINGS) {
    const at = frame.length - ending.length;
    if (at > 0 && startsWith(frame, ending, at)) {
      const rest = frame.subarray(0, at);
      return rest.includes(10) || rest.includes(13) ? 0 : ending.length;
    }
  }
  return 0;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function startsWith(bytes: Uint8Array, start: Uint8Array, at = 0): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return false;
  return true;
}

function indexOf(bytes: Uint8Array, sought: Uint8Array): number {
  for (let at = 0; at <= bytes.length - sought.length; at++) {
    if (bytes[at] === sought[0] && startsWith(bytes, sought, at)) return at;
  }
  return -1;
}
