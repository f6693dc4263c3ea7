/** Reads the answers on one HTTP/1.1 connection, however the socket's reads split them (RFC 9112). */
import type { AnswerSink } from "./http_socket.ts";
import { type BodySize, readHead } from "./http_head.ts";

const CR = 13;
const LF = 10;
const MOST_HEAD_BYTES = 16_384;
const VERSION = "HTTP/1.";
const MOST_CHUNK_LINE_BYTES = 1024;
const MOST_SIZE_DIGITS = 16;
const MOST_CHUNK_BYTES = 2 ** 31;

enum State {
  /** Nothing was asked, or the answer has ended. */
  Idle,
  /** Lines up to a blank one: the head, or the trailers after the last chunk. */
  Head,
  Trailers,
  ChunkSize,
  /** After a size's digits: extensions, which mean nothing here. */
  ChunkExtension,
  ChunkSizeEnd,
  ChunkData,
  ChunkEnd,
  SizedBody,
  /** The body ends with the connection. */
  OpenBody,
}

const DIGITS = hexDigits();

/** What the server sent is no HTTP/1.1 answer to what was asked. */
export class HttpProblem extends Error {}

/**
 * Told of each read, it gives heads, bytes of bodies and ends to the sink of the request in flight.
 * Interim answers (100 to 199) are passed over, trailers are read and dropped.
 */
export class HttpReader {
  #state = State.Idle;
  #sink: AnswerSink | null = null;
  /** The lines of a head or of trailers so far. */
  #lines: number[] = [];
  /** Bytes still to come of a chunk or a sized body, the digits of a chunk's size so far. */
  #left = 0;
  #lineLength = 0;

  /** Whether an answer is awaited or under way. */
  get busy(): boolean {
    return this.#state !== State.Idle;
  }

  /** A request has been sent: what comes next is its answer. */
  expect(sink: AnswerSink): void {
    this.#sink = sink;
    this.#startLines(State.Head);
  }

  /** No more is to be read: the sink hears no more. Gives it, if an answer was awaited. */
  release(): AnswerSink | null {
    const sink = this.busy ? this.#sink : null;
    this.#state = State.Idle;
    this.#sink = null;
    return sink;
  }

  /** Takes in the first `length` bytes of a read. Throws an `HttpProblem` when they are not HTTP. */
  take(read: Uint8Array, length: number): void {
    const at_ms = this.#sink?.now() ?? 0;
    let i = 0;
    while (i < length) {
      switch (this.#state) {
        case State.ChunkData:
        case State.SizedBody:
        case State.OpenBody:
          i = this.#bytes(read, i, length, at_ms);
          break;
        case State.Head:
        case State.Trailers:
          i = this.#line(read, i, length, at_ms);
          break;
        case State.Idle:
          throw new HttpProblem("the server sent bytes that belong to no answer");
        default:
          this.#chunkByte(read[i++]!);
      }
    }
  }

  /** The server has closed the connection. Throws if the answer is not whole. */
  end(): void {
    const at_ms = this.#sink?.now() ?? 0;
    if (this.#state === State.OpenBody) return this.#finish(at_ms);
    if (!this.busy) return;
    const unheard = this.#state === State.Head && this.#lines.length === 0;
    const when = unheard ? "" : " in mid-answer";
    throw new Error(`the server closed the connection${when}`);
  }

  #bytes(read: Uint8Array, from: number, length: number, at_ms: number): number {
    const to = Math.min(length, from + this.#left);
    this.#left -= to - from;
    this.#sink!.onBytes(read, from, to, at_ms);
    if (this.#left === 0) {
      if (this.#state === State.ChunkData) this.#state = State.ChunkEnd;
      else this.#finish(at_ms);
    }
    return to;
  }

  /** One byte of what stands between the bytes of two chunks: `CR LF size [;extension] CR LF`. */
  #chunkByte(byte: number): void {
    switch (this.#state) {
      case State.ChunkEnd:
        if (byte === LF && this.#lineLength === 1) return this.#startChunkSize();
        if (byte !== CR || this.#lineLength++ > 0) {
          throw new HttpProblem("a chunk of the answer is longer than it says");
        }
        return;
      case State.ChunkSize: {
        const digit = DIGITS[byte]!;
        if (digit >= 0) {
          if (this.#lineLength++ > MOST_SIZE_DIGITS) break;
          this.#left = this.#left * 16 + digit;
          if (this.#left <= MOST_CHUNK_BYTES) return;
          throw new HttpProblem("a chunk of the answer says that it is over 2 GiB long");
        }
        if (this.#lineLength === 0) break;
        this.#state = State.ChunkExtension;
        return this.#chunkByte(byte);
      }
      case State.ChunkExtension:
        if (byte === CR) this.#state = State.ChunkSizeEnd;
        if (byte === LF || this.#lineLength++ > MOST_CHUNK_LINE_BYTES) break;
        return;
      case State.ChunkSizeEnd:
        if (byte !== LF) break;
        this.#lineLength = 0;
        if (this.#left === 0) return this.#startLines(State.Trailers);
        this.#state = State.ChunkData;
        return;
    }
    throw new HttpProblem("the size of a chunk of the answer cannot be read");
  }

  #startChunkSize(): void {
    this.#state = State.ChunkSize;
    this.#left = 0;
    this.#lineLength = 0;
  }

  #startLines(state: State): void {
    this.#state = state;
    this.#lines = [];
    this.#lineLength = 0;
  }

  /** Takes bytes up to the end of a line; a blank one ends the head or the trailers. */
  #line(read: Uint8Array, from: number, length: number, at_ms: number): number {
    for (let i = from; i < length; i++) {
      const byte = read[i]!;
      this.#refuseOtherProtocol(byte);
      this.#lines.push(byte);
      if (this.#lines.length > MOST_HEAD_BYTES) {
        throw new HttpProblem(
          "the head of its answer is larger than 16 KiB; is it an inference server?",
        );
      }
      if (byte !== LF) {
        if (byte !== CR) this.#lineLength++;
        continue;
      }
      if (this.#lineLength === 0) {
        this.#state === State.Trailers ? this.#finish(at_ms) : this.#head(at_ms);
        return i + 1;
      }
      this.#lineLength = 0;
    }
    return length;
  }

  /** Another protocol may never send the blank line that ends a head. */
  #refuseOtherProtocol(byte: number): void {
    const at = this.#lines.length;
    if (this.#state === State.Trailers || at >= VERSION.length) return;
    if (byte === VERSION.charCodeAt(at)) return;
    const seen = JSON.stringify(String.fromCharCode(...this.#lines, byte));
    throw new HttpProblem(`the answer does not match the HTTP/1.1 protocol: it begins ${seen}`);
  }

  #head(at_ms: number): void {
    const text = String.fromCharCode(...this.#lines);
    const head = readHead(text);
    if (typeof head === "string") throw new HttpProblem(head);
    if (head.status < 200) return this.#startLines(State.Head);
    this.#startBody(head.body);
    this.#sink!.onHead(head.status, head.headers, at_ms);
    if (this.#state === State.SizedBody && this.#left === 0) this.#finish(at_ms);
  }

  #startBody(body: BodySize): void {
    if (body === "chunked") return this.#startChunkSize();
    this.#state = body === "until close" ? State.OpenBody : State.SizedBody;
    this.#left = body === "until close" ? Infinity : body;
  }

  #finish(at_ms: number): void {
    this.release()?.onEnd(at_ms);
  }
}

/** The value of each byte as a hexadecimal digit; -1 for those that are none. */
function hexDigits(): Int8Array {
  const digits = new Int8Array(256).fill(-1);
  for (const [value, digit] of [..."0123456789abcdef"].entries()) {
    digits[digit.charCodeAt(0)] = digits[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return digits;
}
