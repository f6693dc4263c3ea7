/** A phase's prepared requests: whole in memory while they are few, their bodies in a file beyond. */
import { BodyFileReader, BodyFileWriter } from "./body_file.ts";
import type { PreparedRequest } from "./exchange.ts";

/** Bodies of so many bytes are held in memory. */
const MOST_HELD_BYTES = 64 * 2 ** 20;

export type WithoutBody = Omit<PreparedRequest, "body" | "turn">;

/** A request whose body is read when it is asked for. It is no turn of a conversation. */
export class FiledRequest implements PreparedRequest {
  readonly prompt_id: string;
  readonly max_tokens: number;
  readonly api?: NonNullable<PreparedRequest["api"]>;
  readonly asked_prompt_tokens?: number;

  constructor(rest: WithoutBody, readonly index: number, readonly bodies: BodyFileReader) {
    this.prompt_id = rest.prompt_id;
    this.max_tokens = rest.max_tokens;
    if (rest.api !== undefined) this.api = rest.api;
    if (rest.asked_prompt_tokens !== undefined) this.asked_prompt_tokens = rest.asked_prompt_tokens;
  }

  get body(): Uint8Array {
    return this.bodies.body(this.index);
  }

  /** As plain data. */
  get rest(): WithoutBody {
    const { prompt_id, max_tokens, api, asked_prompt_tokens } = this;
    return {
      prompt_id,
      max_tokens,
      ...(api === undefined ? {} : { api }),
      ...(asked_prompt_tokens === undefined ? {} : { asked_prompt_tokens }),
    };
  }
}

export class RequestStore implements AsyncDisposable {
  readonly #path: string;
  readonly #mostBytes: number;
  readonly #pieceBytes: number | undefined;
  #held: PreparedRequest[] = [];
  #bytes = 0;
  #writer: BodyFileWriter | null = null;
  #rests: WithoutBody[] = [];
  #reader: BodyFileReader | null = null;

  /** Beyond `mostBytes` of bodies, `path` is created; it is there until the store is disposed of. */
  constructor(
    path: string,
    { mostBytes = MOST_HELD_BYTES, pieceBytes }: { mostBytes?: number; pieceBytes?: number } = {},
  ) {
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#pieceBytes = pieceBytes;
  }

  /** Turns of a conversation are held in memory, however many: each is written anew when it is sent. */
  add(request: PreparedRequest): void {
    if (this.#writer !== null) return this.#file(request);
    this.#held.push(request);
    this.#bytes += request.body.length;
    if (this.#bytes <= this.#mostBytes || request.turn !== undefined) return;
    this.#writer = new BodyFileWriter(this.#path, this.#pieceBytes);
    for (const held of this.#held) this.#file(held);
    this.#held = [];
  }

  /** All requests in their order. Nothing may be added any more. */
  finish(): PreparedRequest[] {
    if (this.#writer === null) return this.#held;
    const reader = this.#reader = new BodyFileReader(this.#writer.finish());
    const filed = this.#rests.map((rest, index) => new FiledRequest(rest, index, reader));
    this.#rests = [];
    return filed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#writer === null) return;
    if (this.#reader === null) this.#writer.finish();
    await this.#reader?.[Symbol.asyncDispose]();
    Deno.removeSync(this.#path);
  }

  #file({ body, turn: _, ...rest }: PreparedRequest): void {
    this.#writer!.add(body);
    this.#rests.push(rest);
  }
}
