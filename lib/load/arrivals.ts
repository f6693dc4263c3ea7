/** The bytes of one answer and when each of them had arrived. Appending is all that is done while streams run. */

/** One socket read and when it returned, in milliseconds on the caller's clock. */
export interface Read {
  at_ms: number;
  bytes: Uint8Array;
}

/** Enough for 16 tokens of vLLM, which are as many as wait to be read where that is done early. */
const FIRST_BYTES = 4096;
/** Buffers of answers that have been read, for answers to come: each fresh one costs page faults. */
const SPARE: Uint8Array[] = [];
const MOST_SPARE = 4096;
const LONGEST_SPARE_BYTES = 262_144;

/** A piece of that length is copied without a view of it, which would be garbage at once. */
const SHORT_BYTES = 1024;

const NONE = new Uint8Array(0);

export class Arrivals {
  /** Taken when the first byte comes: until then the answers before this one may have been read. */
  #bytes: Uint8Array = NONE;
  #length = 0;
  /** Of all that came, kept or not. */
  #total = 0;
  #reads = 0;
  #lastRead_ms = NaN;
  /** Where each read ended of which bytes are kept, and its time. */
  readonly #ends: number[] = [];
  readonly #at_ms: number[] = [];

  static of(reads: readonly Read[]): Arrivals {
    const arrivals = new Arrivals();
    for (const { at_ms, bytes } of reads) arrivals.append(bytes, 0, bytes.length, at_ms);
    return arrivals;
  }

  /** Copies `source` from `from` up to `to`. Pieces of one read carry the same time and count as one. */
  append(source: Uint8Array, from: number, to: number, at_ms: number): void {
    this.pass(to - from, at_ms);
    const length = this.#length + to - from;
    if (length > this.#bytes.length) this.#grow(length);
    copy(source, from, to, this.#bytes, this.#length);
    this.#length = length;
    const last = this.#ends.length - 1;
    if (this.#at_ms[last] === at_ms) {
      this.#ends[last] = length;
    } else {
      this.#ends.push(length);
      this.#at_ms.push(at_ms);
    }
  }

  /** Counts bytes that came and need not be kept. */
  pass(bytes: number, at_ms: number): void {
    this.#total += bytes;
    if (at_ms === this.#lastRead_ms) return;
    this.#lastRead_ms = at_ms;
    this.#reads++;
  }

  /** The bytes so far have been read and are not kept any longer; what comes next has offset 0. */
  clear(): void {
    this.#length = 0;
    this.#ends.length = 0;
    this.#at_ms.length = 0;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins with `bytes`, and is replaced when they outgrow it. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes that are kept. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that came. */
  get total(): number {
    return this.#total;
  }

  get reads(): number {
    return this.#reads;
  }

  /** Tells when the byte at an offset arrived; to be asked in ascending order. */
  times(): (offset: number) => number {
    let index = 0;
    return (offset) => {
      while (offset >= this.#ends[index]!) index++;
      return this.#at_ms[index]!;
    };
  }

  /** To be called when the answer has been read: its bytes are gone, their buffer goes to another. */
  release(): void {
    const { length } = this.#bytes;
    if (length > 0 && length <= LONGEST_SPARE_BYTES && SPARE.length < MOST_SPARE) {
      SPARE.push(this.#bytes);
    }
    this.#bytes = NONE;
    this.#length = 0;
  }

  #grow(length: number): void {
    const old = this.#bytes;
    if (old === NONE) this.#bytes = SPARE.pop() ?? new Uint8Array(FIRST_BYTES);
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    grown.set(old);
    this.#bytes = grown;
  }
}

function copy(source: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void {
  if (to - from > SHORT_BYTES) return into.set(source.subarray(from, to), at);
  const shift = at - from;
  for (let i = from; i < to; i++) into[i + shift] = source[i]!;
}
