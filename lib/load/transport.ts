/** Which transport carries the requests to a server. */
import type { OpenSocket } from "./http_socket.ts";
import { openPlainSocket } from "./plain_socket.ts";
import { openUndiciSocket } from "./undici_socket.ts";

export const TRANSPORTS = {
  /** The project's own reader of HTTP/1.1 on a TCP socket. */
  socket: openPlainSocket,
  undici: openUndiciSocket,
} satisfies Record<string, OpenSocket>;

export type Transport = keyof typeof TRANSPORTS;

export const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as Transport[];

/** The transport for a server at this API root: the cheaper one, unless the connection is to be encrypted. */
export function transportFor(baseUrl: string): Transport {
  return new URL(baseUrl).protocol === "https:" ? "undici" : "socket";
}
