/** What the client needs of a transport: one HTTP/1.1 connection that carries one request at a time. */

/** Where a connection goes and what is sent with each request over it. */
export interface ServerAddress {
  /** Root of the API. */
  baseUrl: string;
  headers: Record<string, string>;
  /** Certificates to trust besides the usual ones, PEM. */
  ca?: string | undefined;
}

/** Names in lower case; a header that came twice has its values joined by `, `. */
export type AnswerHeaders = Record<string, string>;

/** Takes in one answer: a head, bytes, and either an end or an error. */
export interface AnswerSink {
  /** The clock, in milliseconds; read once for each read of the socket. */
  now(): number;
  onHead(status: number, headers: AnswerHeaders, at_ms: number): void;
  /** Bytes of the body: `source` from `from` up to `to`, to be copied before this returns. */
  onBytes(source: Uint8Array, from: number, to: number, at_ms: number): void;
  onEnd(at_ms: number): void;
  /** How the connection failed; also a connection that was closed before it was used. */
  onError(error: Error): void;
}

export interface HttpSocket {
  /** The connection has been closed by either side and takes no further request. */
  readonly closed: boolean;
  /**
   * Sends a POST of `body`, which is JSON, to `path` below the root of the API. The last answer must
   * have ended. The sink is called later, never at once.
   */
  post(path: string, body: Uint8Array, sink: AnswerSink): void;
  /** Breaks the request in flight off: its sink gets `reason`, and the connection is closed. */
  abort(reason: Error): void;
  close(): Promise<void>;
}

/** Opens a connection. Rejects when nobody listens, with what was seen. */
export type OpenSocket = (address: ServerAddress) => Promise<HttpSocket>;

/** How long a connection may take to open. */
export const CONNECT_TIMEOUT_MS = 10_000;

const encoder = new TextEncoder();

/** A body as it goes over the wire. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** The path of a request to `path` below the root of the API, from the root of the host. */
export function wholePath({ baseUrl }: ServerAddress, path: string): string {
  return new URL(baseUrl).pathname.replace(/\/$/, "") + path;
}

/**
 * The head of a POST up to the value of its last header, the length of the body. Throws where a
 * header cannot be sent as it is: one of several lines, for instance.
 */
export function requestHead(address: ServerAddress, path: string): string {
  const { host } = new URL(address.baseUrl);
  const sent = { host, ...address.headers, "content-type": "application/json" };
  const lines = Object.entries(sent).map(([name, value]) => {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)) {
      return `${name}: ${value}\r\n`;
    }
    throw new Error(`the header ${JSON.stringify(name)} cannot be sent: only printable ASCII can`);
  });
  return `POST ${wholePath(address, path)} HTTP/1.1\r\n${lines.join("")}content-length: `;
}

/** A whole request: the head of `requestHead`, the length and the body. */
export function requestBytes(head: string, body: Uint8Array): Uint8Array {
  const whole = `${head}${body.length}\r\n\r\n`;
  const bytes = new Uint8Array(whole.length + body.length);
  encoder.encodeInto(whole, bytes);
  bytes.set(body, whole.length);
  return bytes;
}
