/** Streams of known truth beside a trial's load, one at a time: how wrong the client is just now. */
import { quantile } from "simple-statistics";
import type { Transport } from "@/load/transport.ts";
import type { CanaryRecord } from "@/records/canary_record.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { type ClientErrors, clientErrors, paired } from "@/truth/client_errors.ts";
import { type ClockOffset, narrowed } from "@/truth/clock_offset.ts";
import type { TruthProcess } from "@/truth/truth_process.ts";
import { sendTruthLoad, type TruthLoad } from "./truth_load.ts";

/** A stream of half a second, so that short trials have some too; sparse, so that it costs little. */
export const CANARY_SCRIPT = { ttft_ms: 50, token_ms: 40 };
const TOKENS = 12;
/** Nearly three hours of them. */
const MOST_REQUESTS = 20_000;

/** Watches the client through one truth server, trial after trial. */
export class Canary {
  readonly #server: TruthProcess;
  #offset: ClockOffset | undefined;
  #last = 0;

  constructor(server: TruthProcess) {
    this.#server = server;
  }

  /**
   * Begins to send over `transport`, which is to be that of the load, by `send`, which is to do so in
   * the load's event loop. The returned function ends it and tells what was seen; it never rejects.
   */
  start(
    transport: Transport = "socket",
    send: (load: TruthLoad) => Promise<void> = sendTruthLoad,
  ): () => Promise<CanaryRecord> {
    const stop = new AbortController();
    const seen: RequestRecord[] = [];
    const before = this.#server.use().catch(() => null);
    let failed: RequestRecord | null = null;
    const sent = before.then(() =>
      send({
        baseUrl: this.#server.baseUrl,
        users: 1,
        requests: MOST_REQUESTS,
        max_tokens: TOKENS,
        transport,
        signal: stop.signal,
        onRecord(record) {
          if (record.failure === "cancelled") return;
          seen.push(record);
          if (record.failure === null) return;
          failed = record;
          // One that is gone would only be asked again and again.
          stop.abort();
        },
      })
    ).then(() => null, (error: Error) => error.message);
    return async () => {
      stop.abort();
      const error = await sent ?? failed?.error ?? null;
      try {
        const [use, truths] = [await this.#server.use(), await this.#server.records(this.#last)];
        const from = await before;
        const cpu = from && (use.cpu_s - from.cpu_s) / (use.uptime_s - from.uptime_s);
        const good = seen.filter(({ failure }) => failure === null);
        this.#last = Math.max(this.#last, ...truths.map(({ request }) => request));
        const pairs = paired(good, truths);
        this.#offset = narrowed(pairs, this.#offset);
        const errors = pairs.map((pair) => clientErrors(pair, this.#offset!));
        return { ...canaryFigures(errors), failed: seen.length - good.length, ...told(cpu, error) };
      } catch (problem) {
        const { message } = problem as Error;
        return { ...canaryFigures([]), failed: seen.length, ...told(null, error ?? message) };
      }
    };
  }
}

function told(server_cpu_share: number | null, error: string | null) {
  return { server_cpu_share, error };
}

type Figures = Omit<CanaryRecord, "failed" | "server_cpu_share" | "error">;

/** Quantiles of the errors of one trial's answers; null where there are none. */
export function canaryFigures(errors: readonly ClientErrors[]): Figures {
  const at = (p: number, values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : quantile(known, p);
  };
  const size = (value: number | null) => value === null ? null : Math.abs(value);
  const ttft = errors.map(({ ttft_error_ms }) => Math.abs(ttft_error_ms));
  const client = errors.map(({ ttft_error_ms, server_late_ms }) =>
    Math.abs(ttft_error_ms - server_late_ms)
  );
  const tpot = errors.map(({ tpot_error_ms }) => size(tpot_error_ms));
  const share = errors.map(({ tpot_error_share }) => size(tpot_error_share));
  const late = errors.map(({ server_late_ms }) => server_late_ms);
  return {
    requests: errors.length,
    ttft_error_ms_p50: at(0.5, ttft),
    ttft_error_ms_p99: at(0.99, ttft),
    ttft_client_error_ms_p50: at(0.5, client),
    ttft_client_error_ms_p99: at(0.99, client),
    tpot_error_ms_p50: at(0.5, tpot),
    tpot_error_share_p50: at(0.5, share),
    tpot_error_share_p99: at(0.99, share),
    server_late_ms_p50: at(0.5, late),
    server_late_ms_p99: at(0.99, late),
  };
}
