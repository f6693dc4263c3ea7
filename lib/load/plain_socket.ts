/**
 * HTTP/1.1 over a plain TCP socket with as little between the kernel and the stamp as the runtime
 * allows: every socket reads into one buffer, a callback a read, no stream, no promise, no copy.
 */
import { connect, type Socket } from "node:net";
import { HttpReader } from "./http_reader.ts";
import {
  type AnswerSink,
  CONNECT_TIMEOUT_MS,
  type HttpSocket,
  requestBytes,
  requestHead,
  type ServerAddress,
} from "./http_socket.ts";

/** Shared by all sockets: what a read brought is taken out of it before the next one. */
const READ_BUFFER = new Uint8Array(65_536);

/** Opens a connection to an `http:` address. */
export async function openPlainSocket(address: ServerAddress): Promise<HttpSocket> {
  const socket = new PlainSocket(address);
  await socket.opened;
  return socket;
}

class PlainSocket implements HttpSocket {
  closed = false;
  readonly opened: Promise<void>;
  readonly #address: ServerAddress;
  readonly #socket: Socket;
  /** The head for the path that was asked last. */
  #head = { path: "", text: "" };
  readonly #reader = new HttpReader();
  /** Why the connection ended, where something told. */
  #reason: Error | null = null;

  constructor(address: ServerAddress) {
    this.#address = address;
    const { hostname, port, host } = new URL(address.baseUrl);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    this.#socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || 80),
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length, read) => this.#take(read, length) },
    }, () => {
      clearTimeout(timer);
      resolve();
    });
    const timer = setTimeout(
      () =>
        this.#socket.destroy(
          new Error(`${host} took over ${CONNECT_TIMEOUT_MS / 1000} s to accept`),
        ),
      CONNECT_TIMEOUT_MS,
    );
    this.#socket.on("error", (error) => this.#reason ??= error);
    this.#socket.on("end", () => this.#ended());
    this.#socket.on("close", () => {
      clearTimeout(timer);
      this.#fail(this.#reason ?? new Error("the connection was closed"));
      reject(this.#reason ?? new Error(`${host} closed the connection at once`));
    });
  }

  post(path: string, body: Uint8Array, sink: AnswerSink): void {
    if (this.closed) {
      const reason = this.#reason ?? new Error("the connection is closed");
      return queueMicrotask(() => sink.onError(reason));
    }
    if (this.#head.path !== path) this.#head = { path, text: requestHead(this.#address, path) };
    this.#reader.expect(sink);
    this.#socket.write(requestBytes(this.#head.text, body));
  }

  abort(reason: Error): void {
    this.#fail(reason);
    this.#socket.destroy();
  }

  close(): Promise<void> {
    this.#fail(new Error("the connection was closed by the client"));
    this.#socket.destroy();
    return Promise.resolve();
  }

  #take(read: Uint8Array, length: number): boolean {
    try {
      this.#reader.take(read, length);
    } catch (error) {
      this.abort(error as Error);
    }
    return true;
  }

  #ended(): void {
    try {
      this.#reader.end();
    } catch (error) {
      this.#reason ??= error as Error;
    }
    this.#fail(this.#reason ?? new Error("the server closed the connection"));
  }

  #fail(reason: Error): void {
    this.closed = true;
    this.#reason ??= reason;
    this.#reader.release()?.onError(reason);
  }
}
