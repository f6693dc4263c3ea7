/** A server that writes the bytes a test gives it, well formed or not, over plain TCP or TLS. */
import { createServer, type Socket } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** The connection on which an answer goes out. */
export interface Reply {
  /** Settles once the bytes are handed over; rejects when the client has gone. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends the connection after what was written. */
  end(): void;
  /** Breaks the connection off. */
  destroy(): void;
  /** True once the client has gone. */
  closed(): boolean;
}

/** Bytes to send, or what to do with the connection. */
export type Answer = string | Uint8Array | ((reply: Reply) => void | Promise<void>);

export interface RawScript {
  /** The answer to the completion with that number, from 1. */
  answer: (request: number) => Answer;
  /** Speaks TLS with this key and certificate (PEM). */
  tls?: { key: string; cert: string };
}

export class RawServer implements AsyncDisposable {
  /** Heads of the completions heard, and how many. */
  readonly heads: string[] = [];
  connections = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server;

  private constructor(readonly script: RawScript) {
    const serve = (socket: Socket) => void this.#serve(socket).catch(() => socket.destroy());
    this.#server = script.tls ? createTlsServer(script.tls, serve) : createServer(serve);
    this.#server.on("connection", (socket: Socket) => {
      this.connections++;
      this.#open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#open.delete(socket));
    });
    this.#server.on("tlsClientError", () => {});
  }

  static async start(script: RawScript): Promise<RawServer> {
    const server = new RawServer(script);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get requests(): number {
    return this.heads.length;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Root of the API. */
  get baseUrl(): string {
    return `${this.script.tls ? "https" : "http"}://127.0.0.1:${this.port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  async #serve(socket: Socket): Promise<void> {
    socket.on("error", () => {});
    for await (const head of requestsOn(socket)) {
      if (head.startsWith("GET ")) {
        await replyOn(socket).write(MODELS);
        continue;
      }
      this.heads.push(head);
      const answer = this.script.answer(this.requests);
      const reply = replyOn(socket);
      typeof answer === "function" ? await answer(reply) : await reply.write(answer);
    }
  }
}

/** The heads of the requests that come over a socket; their bodies are passed over. */
async function* requestsOn(socket: Socket): AsyncGenerator<string> {
  let heard = "";
  let body = 0;
  for await (const chunk of socket) {
    heard += (chunk as Uint8Array).reduce((text, byte) => text + String.fromCharCode(byte), "");
    while (true) {
      const skipped = Math.min(body, heard.length);
      [heard, body] = [heard.slice(skipped), body - skipped];
      const end = heard.indexOf("\r\n\r\n");
      if (body > 0 || end < 0) break;
      const head = heard.slice(0, end);
      heard = heard.slice(end + 4);
      body = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      yield head;
    }
  }
}

function replyOn(socket: Socket): Reply {
  return {
    write: (data) =>
      new Promise((resolve, reject) => {
        socket.write(data, (error) => error ? reject(error) : resolve());
      }),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    closed: () => socket.destroyed,
  };
}

/** A whole HTTP/1.1 answer with its length. */
export function answerOf(
  body: string | Uint8Array,
  head = "content-type: text/event-stream",
  status = "200 OK",
): Uint8Array {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return joined(`HTTP/1.1 ${status}\r\n${head}\r\ncontent-length: ${bytes.length}\r\n\r\n`, bytes);
}

/** Text and bytes as one run of bytes. */
export function joined(...parts: (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of bytes) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

const encoder = new TextEncoder();

/** An event that carries `text` as one delta. */
export function token(text: string): string {
  return `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;
}

/** The finish reason, the usage and the end of a good stream. */
export const ENDING = [
  { choices: [{ delta: {}, finish_reason: "length" }] },
  { choices: [], usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } },
].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n";

/** A good answer of two tokens. */
export const GOOD = answerOf(token("Hi") + token("!") + ENDING);

const MODELS = answerOf(
  JSON.stringify({ object: "list", data: [{ id: "m", object: "model" }] }),
  "content-type: application/json",
);
