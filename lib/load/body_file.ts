/**
 * The bodies of a long trial in a file: written one after the other before anything is timed, and read
 * ahead while they are sent, so that memory holds a few pieces of them only.
 */
import { bisectRight } from "d3-array";

/** Bodies are written and read in pieces of at least so many bytes. */
const PIECE_BYTES = 512 * 1024;

/** Where bodies lie; plain data, so that it may be passed to other threads. */
export interface BodyPlaces {
  path: string;
  /** Where each body begins, and at last where the last one ends. */
  starts: Float64Array;
  /** The same of the pieces; no body lies across two. */
  pieces: Float64Array;
}

export class BodyFileWriter {
  readonly #file: Deno.FsFile;
  readonly #starts = [0];
  readonly #pieces = [0];
  #waiting: Uint8Array[] = [];

  /** Creates `path`, which must not be there. */
  constructor(readonly path: string, readonly pieceBytes = PIECE_BYTES) {
    this.#file = Deno.openSync(path, { createNew: true, write: true });
  }

  add(body: Uint8Array): void {
    this.#waiting.push(body);
    const end = this.#starts.at(-1)! + body.length;
    this.#starts.push(end);
    if (end - this.#pieces.at(-1)! >= this.pieceBytes) this.#write(end);
  }

  /** Writes what is left and closes the file. */
  finish(): BodyPlaces {
    const end = this.#starts.at(-1)!;
    if (this.#waiting.length > 0) this.#write(end);
    this.#file.close();
    const [starts, pieces] = [this.#starts, this.#pieces].map((at) => Float64Array.from(at));
    return { path: this.path, starts: starts!, pieces: pieces! };
  }

  #write(end: number): void {
    for (const body of this.#waiting) {
      for (let rest = body; rest.length > 0;) {
        rest = rest.subarray(this.#file.writeSync(rest));
      }
    }
    this.#waiting = [];
    this.#pieces.push(end);
  }
}

/** Pieces that stay in memory: the one in use, those around it. */
const KEPT_PIECES = 4;

export class BodyFileReader implements AsyncDisposable {
  /** One for what must be there at once, one for what is read ahead: neither may wait for the other. */
  readonly #now: Deno.FsFile;
  readonly #ahead: Deno.FsFile;
  readonly #held = new Map<number, Uint8Array>();
  #reading: Promise<void> = Promise.resolve();
  #furthest = -1;

  constructor(readonly places: BodyPlaces) {
    this.#now = Deno.openSync(places.path);
    this.#ahead = Deno.openSync(places.path);
    this.#readAhead(0);
  }

  /** The body at that place. In rising order it is in memory already. */
  body(index: number): Uint8Array {
    const { starts, pieces } = this.places;
    const [from, to] = [starts[index]!, starts[index + 1]!];
    // A body without bytes may stand at a piece's end.
    const piece = Math.min(bisectRight(pieces, from), pieces.length - 1) - 1;
    const bytes = this.#held.get(piece) ?? this.#readNow(piece);
    if (piece > this.#furthest) this.#readAhead(1 + (this.#furthest = piece));
    return bytes.subarray(from - pieces[piece]!, to - pieces[piece]!);
  }

  /** Until what is being read ahead is there. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading;
    this.#now.close();
    this.#ahead.close();
  }

  #readNow(piece: number): Uint8Array {
    const { pieces, path } = this.places;
    const bytes = new Uint8Array(pieces[piece + 1]! - pieces[piece]!);
    this.#now.seekSync(pieces[piece]!, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = this.#now.readSync(bytes.subarray(at));
      if (count === null) throw new Error(`${path} ends before its last body; was it written to?`);
      at += count;
    }
    this.#keep(piece, bytes);
    return bytes;
  }

  #readAhead(piece: number): void {
    if (piece + 1 >= this.places.pieces.length || this.#held.has(piece)) return;
    // Whatever fails here is met again, and said, when the piece is needed.
    this.#reading = this.#reading.then(() => this.#read(piece)).catch(() => {});
  }

  async #read(piece: number): Promise<void> {
    const { pieces } = this.places;
    const bytes = new Uint8Array(pieces[piece + 1]! - pieces[piece]!);
    await this.#ahead.seek(pieces[piece]!, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = await this.#ahead.read(bytes.subarray(at));
      if (count === null) return;
      at += count;
    }
    this.#keep(piece, bytes);
  }

  #keep(piece: number, bytes: Uint8Array): void {
    this.#held.set(piece, bytes);
    while (this.#held.size > KEPT_PIECES) {
      this.#held.delete(Math.min(...this.#held.keys()));
    }
  }
}
