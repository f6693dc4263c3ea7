/**
 * One kept-alive HTTP connection, used by one request at a time. Its socket is opened before it is
 * needed and opened anew between two requests when the server closes it, so that no request pays
 * for a handshake.
 */
import type { AnswerHeaders, AnswerSink, HttpSocket } from "./http_socket.ts";
import { type Transport, transportFor, TRANSPORTS } from "./transport.ts";

/** Reopen this long before the server's announced idle time-out, so as not to race with it. */
const IDLE_MARGIN_MS = 1000;
/** How long a server may be trusted to keep a socket that it has not answered on yet. */
const UNTOLD_IDLE_MS = 4000;

const CLOSE = /(^|,)\s*close\s*(,|$)/i;
const IDLE_TIMEOUT = /timeout=(\d+)/;
const MOST_ANSWERS = /max=(\d+)/;

/** What was learned about a server; shared by all connections to it. */
export interface ServerHabits {
  /** It closes the connection after an answer without saying so (llama.cpp after a stream). */
  closesUnannounced: boolean;
}

export interface ConnectionOptions {
  /** Root of the API. */
  baseUrl: string;
  /** Sent with each request. */
  headers: Record<string, string>;
  habits: ServerHabits;
  /** Certificates to trust besides the usual ones, PEM. */
  ca?: string | undefined;
  /** By default the one for the address. */
  transport?: Transport | undefined;
  /** Milliseconds on a monotonic clock; the machine's by default. */
  now?: () => number;
}

export class Connection {
  readonly transport: Transport;
  /** How often the connection was opened again after `open`. */
  reopened = 0;
  /** Requests sent a second time because the socket turned out to be closed. */
  resent = 0;
  readonly #options: ConnectionOptions;
  readonly #now: () => number;
  #socket: HttpSocket | null = null;
  /** Why the connection could not be opened anew. */
  #unopened: Error | null = null;
  #answers = 0;
  #lastUse_ms = 0;
  #stale = true;
  #idle_ms = Infinity;
  #maxAnswers = Infinity;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.transport = options.transport ?? transportFor(options.baseUrl);
    this.#now = options.now ?? (() => performance.now());
  }

  /** True once an answer has come over this socket: then a sudden end may just be the server's habit. */
  get reused(): boolean {
    return this.#answers > 0;
  }

  /** True while it is open and may be trusted with another request. */
  get fit(): boolean {
    const idle_ms = this.#now() - this.#lastUse_ms;
    return !this.#stale && !this.#socket?.closed && this.#answers < this.#maxAnswers &&
      idle_ms < this.#idle_ms - IDLE_MARGIN_MS &&
      !(this.reused && this.#options.habits.closesUnannounced);
  }

  /** Opens the socket. Rejects when nobody listens. */
  async open(): Promise<void> {
    this.#socket = await TRANSPORTS[this.transport](this.#options);
    this.#answers = 0;
    this.#stale = false;
    this.#idle_ms = UNTOLD_IDLE_MS;
    this.#maxAnswers = Infinity;
    this.#lastUse_ms = this.#now();
  }

  /**
   * Makes the connection fit for another request; true if it had to be opened anew. Where that
   * cannot be done, the next `post` fails with the reason.
   */
  async prepare(): Promise<boolean> {
    if (this.fit) return false;
    await this.close();
    this.#answers = 0;
    this.#stale = true;
    try {
      await this.open();
      this.reopened++;
      this.#unopened = null;
    } catch (error) {
      this.#unopened = error as Error;
    }
    return true;
  }

  /** Sends a POST of `body` to `path` below the API root; `sink` gets the answer. */
  post(path: string, body: Uint8Array, sink: AnswerSink): void {
    const unopened = this.#unopened;
    if (unopened !== null) return queueMicrotask(() => sink.onError(unopened));
    this.#socket!.post(path, body, sink);
  }

  /** Breaks the request in flight off; its sink gets `reason`. */
  abort(reason: Error): void {
    this.#socket?.abort(reason);
  }

  /** Keeps what the answer's head says about the connection's future. */
  noteHeaders(headers: AnswerHeaders): void {
    const { connection } = headers;
    if (connection !== undefined && CLOSE.test(connection)) this.#stale = true;
    const keepAlive = headers["keep-alive"];
    this.#idle_ms = announced(keepAlive, IDLE_TIMEOUT) * 1000;
    this.#maxAnswers = announced(keepAlive, MOST_ANSWERS);
  }

  /** To be called when an answer has ended. */
  noteEnd(): void {
    this.#answers++;
    this.#lastUse_ms = this.#now();
  }

  /** To be called when a request failed: the socket is not to be trusted any more. */
  noteFailure(): void {
    this.#stale = true;
  }

  /** To be called when the socket of an earlier answer turned out to be closed and a request is sent again. */
  noteClosedUnannounced(): void {
    this.#stale = true;
    this.resent++;
    this.#options.habits.closesUnannounced = true;
  }

  async close(): Promise<void> {
    await this.#socket?.close();
  }
}

/** A number that a `keep-alive` header tells; `Infinity` where it does not. */
function announced(keepAlive: string | undefined, name: RegExp): number {
  return Number(keepAlive?.match(name)?.[1] ?? Infinity);
}
