/** A phase's prepared requests: whole in memory while they are few, in a file beyond. */
import type { PreparedRequest } from "./exchange.ts";
import {
  FiledRequests,
  type FileOptions,
  RequestFileWriter,
  type RequestList,
} from "./request_file.ts";

/** Requests of so many bytes are held in memory. */
const MOST_HELD_BYTES = 64 * 2 ** 20;
/** Around each body: what is told of the request, and the objects that hold it. */
const HELD_BESIDES_BYTES = 400;

export class RequestStore implements AsyncDisposable {
  readonly #path: string;
  readonly #mostBytes: number;
  readonly #options: FileOptions;
  #held: PreparedRequest[] = [];
  #bytes = 0;
  #writer: RequestFileWriter | null = null;
  #filed: FiledRequests | null = null;

  /** Beyond `mostBytes`, `path` is created; it is not there any more when the store has been disposed of. */
  constructor(
    path: string,
    { mostBytes = MOST_HELD_BYTES, ...options }: FileOptions & { mostBytes?: number } = {},
  ) {
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#options = options;
  }

  /** Turns of a conversation are held in memory, however many: each is written anew when it is sent. */
  add(request: PreparedRequest): void {
    if (this.#writer !== null) return this.#writer.add(request);
    this.#held.push(request);
    this.#bytes += request.body.length + HELD_BESIDES_BYTES;
    if (this.#bytes <= this.#mostBytes || request.turn !== undefined) return;
    this.#writer = new RequestFileWriter(this.#path, this.#options);
    for (const held of this.#held) this.#writer.add(held);
    this.#held = [];
  }

  /** All requests in their order. Nothing may be added any more. */
  finish(): RequestList {
    if (this.#writer === null) return this.#held;
    return this.#filed = this.#writer.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#writer === null) return;
    if (this.#filed === null) this.#writer[Symbol.dispose]();
    else await this.#filed[Symbol.asyncDispose]();
    if (!this.#options.nameless) Deno.removeSync(this.#path);
  }
}
