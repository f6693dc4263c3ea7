/** Prepared requests as several threads read them: one copy of the bodies in shared memory. */
import type { PreparedRequest } from "./exchange.ts";

export interface PackedRequests {
  bodies: SharedArrayBuffer;
  requests: { from: number; to: number; rest: Omit<PreparedRequest, "body"> }[];
}

/** What is besides the bodies is copied to each thread, so it must be plain data. */
export function packRequests(requests: readonly PreparedRequest[]): PackedRequests {
  const total = requests.reduce((sum, { body }) => sum + body.length, 0);
  const bodies = new SharedArrayBuffer(total);
  const bytes = new Uint8Array(bodies);
  let from = 0;
  return {
    bodies,
    requests: requests.map(({ body, ...rest }) => {
      bytes.set(body, from);
      const to = from + body.length;
      const packed = { from, to, rest };
      from = to;
      return packed;
    }),
  };
}

/** A body is copied out when it is asked for: transports may refuse shared memory. */
export function unpackRequests({ bodies, requests }: PackedRequests): PreparedRequest[] {
  const bytes = new Uint8Array(bodies);
  return requests.map(({ from, to, rest }) => ({
    ...rest,
    get body() {
      return bytes.slice(from, to);
    },
  }));
}
