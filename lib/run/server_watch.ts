/** Asks a server for its metrics once a second while a trial runs, on a connection of its own. */
import { Client } from "undici";
import { type MetricsSource, readMetrics } from "@/engines/server_metrics.ts";
import type { ServerSample, TelemetryRecord } from "@/records/telemetry.ts";
import { unixMs } from "./unix_clock.ts";

export interface ServerWatchOptions {
  source: MetricsSource;
  launch_id: string;
  interval_ms: number;
  /** Sent to `keyOrigin` only, since a key is for one server. */
  headers: Record<string, string>;
  keyOrigin: string;
  write(sample: ServerSample): void;
  now?: () => number;
}

/** An answer that takes longer counts as a failure. */
const TIMEOUT_MS = 10_000;

/**
 * A failed scrape is counted and no more. While one is under way no other begins, so that a slow
 * server is not asked more than it can answer.
 */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #now: () => number;
  readonly #clients: { client: Client; path: string; headers: Record<string, string> }[];
  #timer: ReturnType<typeof setInterval> | undefined;
  #trial: string | null = null;
  #underWay: Promise<void> | null = null;
  #samples = 0;
  #failures = 0;
  #skipped = 0;
  #firstError: string | null = null;
  #took_ms = 0;
  #parse_ms = 0;

  constructor(options: ServerWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? unixMs;
    this.#clients = options.source.urls.map((url) => {
      const { origin, pathname, search } = new URL(url);
      const timeouts = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
      return {
        client: new Client(origin, timeouts),
        path: pathname + search,
        headers: origin === options.keyOrigin ? options.headers : {},
      };
    });
  }

  /** Scrapes now and then at every interval, until `pause`. */
  start(trialId: string): void {
    this.#trial = trialId;
    this.tick();
    this.#timer = setInterval(() => this.tick(), this.#options.interval_ms);
  }

  /** One scrape, unless the last one is still under way. */
  tick(): void {
    if (this.#underWay === null) void this.#begin();
    else this.#skipped++;
  }

  /** A scrape that was asked for after this call; settles when it has come back or failed. */
  async scrape(): Promise<void> {
    await this.#underWay;
    await this.#begin();
  }

  /** Ends the scraping of this trial and waits for the last scrape. */
  async pause(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underWay;
    this.#trial = null;
  }

  async close(): Promise<void> {
    await this.pause();
    await Promise.all(this.#clients.map(({ client }) => client.destroy()));
  }

  /** How it went until now. */
  record(): NonNullable<TelemetryRecord["server"]> {
    const mean = (sum: number) => this.#samples === 0 ? null : sum / this.#samples;
    return {
      samples: this.#samples,
      failures: this.#failures,
      skipped: this.#skipped,
      first_error: this.#firstError,
      took_ms_mean: mean(this.#took_ms),
      parse_ms_mean: mean(this.#parse_ms),
    };
  }

  #begin(): Promise<void> {
    this.#underWay = this.#scrapeOnce().catch((error: Error) => {
      this.#failures++;
      this.#firstError ??= error.message;
    }).finally(() => this.#underWay = null);
    return this.#underWay;
  }

  async #scrapeOnce(): Promise<void> {
    const trial_id = this.#trial;
    if (trial_id === null) return;
    const asked_ms = this.#now();
    const answers = await Promise.allSettled(this.#clients.map(text));
    const texts = answers.flatMap((a) => a.status === "fulfilled" ? [a.value] : []);
    if (texts.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
    const unix_ms = this.#now();
    const reading = readMetrics(texts, this.#options.source.names);
    const [took_ms, parse_ms] = [unix_ms - asked_ms, this.#now() - unix_ms];
    const { launch_id, write } = this.#options;
    write({ launch_id, trial_id, unix_ms, took_ms, parse_ms, ...reading });
    this.#samples++;
    this.#took_ms += took_ms;
    this.#parse_ms += parse_ms;
  }
}

async function text(
  { client, path, headers }: { client: Client; path: string; headers: Record<string, string> },
): Promise<string> {
  const { statusCode, body } = await client.request({ path, method: "GET", headers });
  const seen = await body.text();
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  return seen;
}
