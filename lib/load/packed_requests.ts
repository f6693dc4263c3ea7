/** Prepared requests as several threads read them: one copy of the bodies in shared memory, or a file. */
import type { PreparedRequest } from "./exchange.ts";
import { FiledRequests, type RequestList, type RequestPlaces } from "./request_file.ts";

export type PackedRequests = SharedRequests | { places: RequestPlaces };

interface SharedRequests {
  bodies: SharedArrayBuffer;
  requests: { from: number; to: number; rest: Omit<PreparedRequest, "body"> }[];
}

/** What is besides the bodies of an array is copied to each thread, so it must be plain data. */
export function packRequests(list: RequestList): PackedRequests {
  if (list instanceof FiledRequests) return { places: list.places };
  const requests = Array.from({ length: list.length }, (_, i) => list.at(i)!);
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

export interface UnpackedRequests extends AsyncDisposable {
  requests: RequestList;
}

/** To be disposed of once they were sent. */
export function unpackRequests(packed: PackedRequests): UnpackedRequests {
  if ("places" in packed) {
    const requests = new FiledRequests(packed.places);
    return { requests, [Symbol.asyncDispose]: () => requests[Symbol.asyncDispose]() };
  }
  const bytes = new Uint8Array(packed.bodies);
  return {
    requests: packed.requests.map(({ from, to, rest }) => ({
      ...rest,
      // Copied out when it is asked for: transports may refuse shared memory.
      get body() {
        return bytes.slice(from, to);
      },
    })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
