/** Prepared requests as several threads read them: one copy of the bodies, in shared memory or in a file. */
import { BodyFileReader, type BodyPlaces } from "./body_file.ts";
import type { PreparedRequest } from "./exchange.ts";
import { FiledRequest, type WithoutBody } from "./request_store.ts";

export type PackedRequests = SharedRequests | FiledRequests;

interface SharedRequests {
  bodies: SharedArrayBuffer;
  requests: { from: number; to: number; rest: Omit<PreparedRequest, "body"> }[];
}

interface FiledRequests {
  places: BodyPlaces;
  requests: WithoutBody[];
}

/** What is besides the bodies is copied to each thread, so it must be plain data. */
export function packRequests(requests: readonly PreparedRequest[]): PackedRequests {
  const [first] = requests;
  if (first instanceof FiledRequest) {
    const { places } = first.bodies;
    return { places, requests: (requests as FiledRequest[]).map(({ rest }) => rest) };
  }
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
  requests: PreparedRequest[];
}

/** To be disposed of once they were sent. */
export function unpackRequests(packed: PackedRequests): UnpackedRequests {
  if ("places" in packed) {
    const reader = new BodyFileReader(packed.places);
    return {
      requests: packed.requests.map((rest, index) => new FiledRequest(rest, index, reader)),
      [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
    };
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
