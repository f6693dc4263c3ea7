/** Reads HTTP/1.1 requests off one connection, as far as a benchmark client writes them. */

export interface HttpRequest {
  method: string;
  /** Path and query. */
  target: string;
  body: string;
}

/** A request longer than this is refused. */
const MOST_BYTES = 4 * 2 ** 20;
const decoder = new TextDecoder();

/** Collects bytes until a request is whole; bodies carry a `content-length`. */
export class RequestReader {
  #bytes = new Uint8Array(4096);
  #used = 0;

  /** The requests that `bytes` completed, in order. Throws when it is no HTTP that is understood. */
  add(bytes: Uint8Array): HttpRequest[] {
    this.#append(bytes);
    const requests: HttpRequest[] = [];
    for (let request; (request = this.#take()) !== null;) requests.push(request);
    return requests;
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#used + bytes.length;
    if (needed > MOST_BYTES) throw new Error(`a request of more than ${MOST_BYTES} bytes`);
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(2 * needed);
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#used);
    this.#used = needed;
  }

  #take(): HttpRequest | null {
    const text = decoder.decode(this.#bytes.subarray(0, Math.min(this.#used, 16384)));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return null;
    const [line, ...fields] = text.slice(0, end).split("\r\n");
    const [, method, target] = line!.match(/^([A-Z]+) (\S+) HTTP\/1\.1$/) ?? [];
    if (method === undefined) throw new Error("no HTTP/1.1 request");
    const length = Number(
      fields.find((field) => /^content-length:/i.test(field))?.split(":")[1] ?? 0,
    );
    const headBytes = new TextEncoder().encode(text.slice(0, end + 4)).length;
    if (this.#used < headBytes + length) return null;
    const body = decoder.decode(this.#bytes.subarray(headBytes, headBytes + length));
    this.#bytes.copyWithin(0, headBytes + length, this.#used);
    this.#used -= headBytes + length;
    return { method, target: target!, body };
  }
}
