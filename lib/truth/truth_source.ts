/** Where streams of known truth come from, one load after the other. */
import type { TruthScript } from "./script.ts";
import { startTruthServer } from "./truth_process.ts";
import type { TruthRecord } from "./truth_record.ts";

/** What a load's answers are to look like, in milliseconds. */
export type ServedTimes = Pick<TruthScript, "mode" | "ttft_ms" | "token_ms">;

export interface ServedLoad {
  /** Root of its API. */
  baseUrl: string;
  /** What was written down of this load's answers, which ends it. */
  records(): Promise<TruthRecord[]>;
}

/** A server of known truth. Its clock keeps one distance from the client's over all loads. */
export interface TruthSource extends AsyncDisposable {
  language: "c" | "deno";
  /** One at a time. */
  serve(times: ServedTimes): Promise<ServedLoad>;
}

/** Awake so long before tokens are due, to be as punctual as it can be. */
const SPIN_MS = 1;

/** The server written in Deno, which is late itself at high loads. Throws when it does not start. */
export async function denoTruthSource(cores: string | null): Promise<TruthSource> {
  const server = await startTruthServer({ cores, spin_ms: SPIN_MS });
  return {
    language: "deno",
    // Each request says itself what its answer is to look like.
    async serve() {
      const [last] = (await server.records(0)).slice(-1);
      return {
        baseUrl: server.baseUrl,
        records: () => server.records(last?.request ?? 0),
      };
    },
    [Symbol.asyncDispose]: server.stop,
  };
}
