/**
 * The requests of a long trial in a file: written one after the other before anything is timed, and
 * read ahead while they are sent, so that memory holds a few pieces of them only, however many there
 * are. A request is two lengths of 4 bytes, what is told of it as JSON, and its body.
 */
import { bisectRight } from "d3-array";
import { writeWhole } from "@/records/write_whole.ts";
import type { PreparedRequest } from "./exchange.ts";
import { encodeJson } from "./http_socket.ts";

/** Requests are written and read in pieces of at least so many bytes. */
const PIECE_BYTES = 512 * 1024;
const LENGTHS_BYTES = 8;

/** Prepared requests by their place; an array is one. */
export interface RequestList {
  readonly length: number;
  at(index: number): PreparedRequest | undefined;
}

/** Where requests lie; plain data, so that it may be passed to other threads. */
export interface RequestPlaces {
  path: string;
  length: number;
  /** Where each piece begins, in bytes, and at last where the last one ends. */
  pieces: Float64Array;
  /** The place in the list of each piece's first request. */
  firsts: Float64Array;
}

/** One for what must be there at once, one for what is read ahead: neither may wait for the other. */
interface Files {
  now: Deno.FsFile;
  ahead: Deno.FsFile;
}

export interface FileOptions {
  /** The file is taken off its folder at once and is gone with this process, however that ends; no other thread can open it. */
  nameless?: boolean;
  pieceBytes?: number;
}

export class RequestFileWriter implements Disposable {
  readonly #path: string;
  readonly #pieceBytes: number;
  readonly #files: Files;
  readonly #pieces = [0];
  readonly #firsts = [0];
  #piece: Uint8Array;
  #used = 0;
  #length = 0;

  /** Creates `path`, which must not be there. */
  constructor(path: string, { nameless = false, pieceBytes = PIECE_BYTES }: FileOptions = {}) {
    this.#path = path;
    this.#pieceBytes = pieceBytes;
    this.#piece = new Uint8Array(2 * pieceBytes);
    const now = Deno.openSync(path, { createNew: true, read: true, write: true });
    this.#files = { now, ahead: Deno.openSync(path) };
    if (nameless) Deno.removeSync(path);
  }

  add({ body, turn: _, ...told }: PreparedRequest): void {
    const text = encodeJson(told);
    const from = this.#used;
    this.#used += LENGTHS_BYTES + text.length + body.length;
    if (this.#used > this.#piece.length) this.#grow();
    const lengths = new DataView(this.#piece.buffer);
    lengths.setUint32(from, text.length);
    lengths.setUint32(from + 4, body.length);
    this.#piece.set(text, from + LENGTHS_BYTES);
    this.#piece.set(body, from + LENGTHS_BYTES + text.length);
    this.#length++;
    if (this.#used >= this.#pieceBytes) this.#write();
  }

  /** Writes what is left. The requests are to be disposed of, and then the file is closed. */
  finish(): FiledRequests {
    if (this.#used > 0) this.#write();
    const [pieces, firsts] = [this.#pieces, this.#firsts].map((at) => Float64Array.from(at));
    const places = { path: this.#path, length: this.#length, pieces: pieces!, firsts: firsts! };
    return new FiledRequests(places, this.#files);
  }

  /** For a file that is not to be finished. */
  [Symbol.dispose](): void {
    closeAll(this.#files);
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#used);
    grown.set(this.#piece);
    this.#piece = grown;
  }

  #write(): void {
    writeWhole(this.#files.now, this.#piece.subarray(0, this.#used));
    this.#pieces.push(this.#pieces.at(-1)! + this.#used);
    this.#firsts.push(this.#length);
    this.#used = 0;
  }
}

/** Pieces that stay in memory: the one in use, those around it. */
const KEPT_PIECES = 4;

interface Piece {
  bytes: Uint8Array;
  /** Where each of its requests begins. */
  starts: Uint32Array;
}

export class FiledRequests implements RequestList, AsyncDisposable {
  readonly #files: Files;
  readonly #decoder = new TextDecoder();
  readonly #held = new Map<number, Piece>();
  #reading: Promise<void> = Promise.resolve();
  #furthest = -1;

  /** Opens the file by its name unless it is open. */
  constructor(readonly places: RequestPlaces, files?: Files) {
    const { path } = places;
    this.#files = files ?? { now: Deno.openSync(path), ahead: Deno.openSync(path) };
    this.#readAhead(0);
  }

  get length(): number {
    return this.places.length;
  }

  /** The request at that place; its body is read when it is asked for. In rising order both are in memory already. */
  at(index: number): PreparedRequest | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const { bytes, from, text } = this.#find(index);
    const told: PreparedRequest = JSON.parse(this.#decoder.decode(bytes.subarray(from, text)));
    // The bytes of a request in flight would keep their piece.
    const read = () => this.#bodyOf(index);
    return {
      ...told,
      get body() {
        return read();
      },
    };
  }

  /** Until what is being read ahead is there. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading;
    closeAll(this.#files);
  }

  #bodyOf(index: number): Uint8Array {
    const { bytes, text, body } = this.#find(index);
    return bytes.subarray(text, body);
  }

  /** The piece with that request, where its text begins and ends, and where its body ends. */
  #find(index: number) {
    const number = bisectRight(this.places.firsts, index) - 1;
    const { bytes, starts } = this.#held.get(number) ?? this.#readNow(number);
    if (number > this.#furthest) this.#readAhead(1 + (this.#furthest = number));
    const start = starts[index - this.places.firsts[number]!]!;
    const lengths = new DataView(bytes.buffer);
    const from = start + LENGTHS_BYTES;
    const text = from + lengths.getUint32(start);
    return { bytes, from, text, body: text + lengths.getUint32(start + 4) };
  }

  #readNow(number: number): Piece {
    const { pieces, path } = this.places;
    const bytes = new Uint8Array(pieces[number + 1]! - pieces[number]!);
    this.#files.now.seekSync(pieces[number]!, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = this.#files.now.readSync(bytes.subarray(at));
      if (count === null) {
        throw new Error(`${path} ends before its last request; was it written to?`);
      }
      at += count;
    }
    return this.#keep(number, bytes);
  }

  #readAhead(number: number): void {
    if (number + 1 >= this.places.pieces.length || this.#held.has(number)) return;
    // Whatever fails here is met again, and said, when the piece is needed.
    this.#reading = this.#reading.then(() => this.#read(number)).catch(() => {});
  }

  async #read(number: number): Promise<void> {
    const { pieces } = this.places;
    const bytes = new Uint8Array(pieces[number + 1]! - pieces[number]!);
    await this.#files.ahead.seek(pieces[number]!, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = await this.#files.ahead.read(bytes.subarray(at));
      if (count === null) return;
      at += count;
    }
    this.#keep(number, bytes);
  }

  #keep(number: number, bytes: Uint8Array): Piece {
    const { firsts } = this.places;
    const starts = new Uint32Array(firsts[number + 1]! - firsts[number]!);
    const lengths = new DataView(bytes.buffer);
    for (let i = 0, at = 0; i < starts.length; i++) {
      starts[i] = at;
      at += LENGTHS_BYTES + lengths.getUint32(at) + lengths.getUint32(at + 4);
    }
    const piece = { bytes, starts };
    this.#held.set(number, piece);
    while (this.#held.size > KEPT_PIECES) {
      this.#held.delete(Math.min(...this.#held.keys()));
    }
    return piece;
  }
}

function closeAll({ now, ahead }: Files): void {
  now.close();
  ahead.close();
}
