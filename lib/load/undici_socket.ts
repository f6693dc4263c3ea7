/** HTTP/1.1 by way of undici, which also speaks TLS. */
import { buildConnector, Client, type Dispatcher } from "undici";
import {
  type AnswerSink,
  CONNECT_TIMEOUT_MS,
  type HttpSocket,
  type ServerAddress,
  wholePath,
} from "./http_socket.ts";

type Socket = Parameters<buildConnector.Callback> extends [unknown, infer S] ? NonNullable<S>
  : never;

/** Opens a connection to an `http:` or `https:` address. */
export async function openUndiciSocket(address: ServerAddress): Promise<HttpSocket> {
  const { protocol, hostname, host, port } = new URL(address.baseUrl);
  const trust = address.ca === undefined ? {} : { ca: address.ca };
  const connector = buildConnector({ timeout: CONNECT_TIMEOUT_MS, ...trust });
  const options = { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), host, port };
  const socket = await new Promise<Socket>((resolve, reject) => {
    connector(options, (error, opened) => error ? reject(error) : resolve(opened as Socket));
  });
  return new UndiciSocket(address, socket);
}

class UndiciSocket implements HttpSocket {
  closed = false;
  readonly #address: ServerAddress;
  readonly #client: Client;
  readonly #socket: Socket;
  #controller: Dispatcher.DispatchController | null = null;
  #aborted: Error | null = null;

  constructor(address: ServerAddress, socket: Socket) {
    this.#address = address;
    this.#socket = socket;
    socket.once("close", () => this.closed = true);
    let fresh = true;
    this.#client = new Client(new URL(address.baseUrl).origin, {
      connect: (_options, callback) => {
        const usable = fresh && !this.closed;
        fresh = false;
        // undici does not expect its connector to answer at once.
        queueMicrotask(() =>
          usable ? callback(null, socket) : callback(new Error("the connection is closed"), null)
        );
      },
      pipelining: 1,
      // Time-outs are kept by `exchange`: undici's may fire half a second early.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 600_000,
    });
  }

  post(below: string, body: Uint8Array, sink: AnswerSink): void {
    this.#controller = null;
    this.#aborted = null;
    const path = wholePath(this.#address, below);
    const headers = { ...this.#address.headers, "content-type": "application/json" };
    this.#client.dispatch({ path, method: "POST", headers, body }, {
      onRequestStart: (controller) => {
        this.#controller = controller;
        if (this.#aborted !== null) controller.abort(this.#aborted);
      },
      onResponseStart: (_, status, headers) => sink.onHead(status, joined(headers), sink.now()),
      onResponseData: (_, chunk) => sink.onBytes(chunk, 0, chunk.length, sink.now()),
      onResponseEnd: () => sink.onEnd(sink.now()),
      onResponseError: (_, error) => {
        this.closed = true;
        sink.onError(error);
      },
    });
  }

  abort(reason: Error): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.#client.destroy();
    // The client closes only a socket that a request has used.
    this.#socket.destroy();
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const told = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
