/** One load on the known-truth server, and how wrong the client was under it. */
import { quantileSorted } from "simple-statistics";
import type {
  CalibrationLevel,
  CalibrationLimits,
  Quantiles,
} from "@/records/calibration_record.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { type ClientErrors, clientErrors, paired } from "@/truth/client_errors.ts";
import { type ClockOffset, narrowed, type Pair } from "@/truth/clock_offset.ts";
import type { TruthRecord } from "@/truth/truth_record.ts";
import type { TruthSource } from "@/truth/truth_source.ts";
import { sendTruthLoad } from "./truth_load.ts";

/** Limits of method note 5.3. */
export const LIMITS: CalibrationLimits = {
  ttft_error_ms_p50: 0.2,
  ttft_error_ms_p99: 2,
  tpot_error_share_p50: 0.005,
  throughput_error_share: 0.005,
  gap_error_ms_p99: 2,
};

/** Where tokens leave later than this, server and client may have been disturbed by the same. */
const SERVER_LATE_MS_P99 = 5;
const TTFT_MS = 100;

export interface LoadPlan {
  mode: CalibrationLevel["mode"];
  streams: number;
  /** Time between two tokens of a stream, and tokens of each answer. */
  token_ms: number;
  tokens: number;
  /** Answers of each stream. */
  rounds: number;
}

/** The known-truth server of one walk, with what all its levels have told of its clock. */
export interface KnownServer {
  source: TruthSource;
  offset?: ClockOffset;
}

/**
 * Sends `plan` and compares what was seen with the server's own log. Streams begin one after the
 * other over the length of an answer and go on so: as in an engine whose answers differ in length, a
 * step has tokens of all streams, and few streams begin or end in one.
 */
export async function measureLevel(
  plan: LoadPlan,
  known: KnownServer,
  signal: AbortSignal,
): Promise<CalibrationLevel> {
  const { mode, streams, token_ms, tokens, rounds } = plan;
  const seen: RequestRecord[] = [];
  const served = await known.source.serve({ mode, ttft_ms: TTFT_MS, token_ms });
  await sendTruthLoad({
    baseUrl: served.baseUrl,
    users: streams,
    requests: rounds * streams,
    max_tokens: tokens,
    ramp_ms: TTFT_MS + tokens * token_ms,
    script: { mode, token_ms, ttft_ms: TTFT_MS, spread: mode === "independent" },
    signal,
    onRecord: (record) => seen.push(record),
  });
  signal.throwIfAborted();
  const pairs = pairsOf(seen, await served.records());
  known.offset = narrowed(pairs, known.offset);
  return levelOf(plan, seen, pairs, known.offset);
}

/** Throws where no answer has its truth, with the reason of the first. */
function pairsOf(seen: readonly RequestRecord[], truths: readonly TruthRecord[]): Pair[] {
  const pairs = paired(seen.filter(({ failure }) => failure === null), truths);
  if (pairs.length > 0) return pairs;
  const why = seen[0]?.error ?? "none was sent";
  throw new Error(`no stream of ${seen.length} came through: ${why}`);
}

/** What a level's answers and the server's log say. Pure. */
export function levelOf(
  { mode, streams, token_ms }: LoadPlan,
  seen: readonly RequestRecord[],
  pairs: readonly Pair[],
  offset: ClockOffset,
): CalibrationLevel {
  const full = fullLoad(pairs);
  const errors = full.pairs.map((pair) => clientErrors(pair, offset));
  const spans = spansOf(pairs);
  const level = {
    mode,
    streams,
    token_ms,
    events_per_s: full.events_per_s,
    requests: seen.length,
    failed: seen.length - pairs.length,
    ttft_error_ms: sizes(errors.map((each) => each.ttft_error_ms - each.server_late_ms)),
    tpot_error_share: sizes(errors.flatMap(({ tpot_error_share }) => tpot_error_share ?? [])),
    gap_error_ms: sizes(errors.flatMap(({ gap_errors_ms }) => gap_errors_ms)),
    throughput_error_share: Math.abs(spans.true_ms / spans.seen_ms - 1),
    server_send_late_ms: sizes(errors.flatMap(({ send_late_ms }) => send_late_ms)),
    server_read_late_ms: sizes(errors.map(({ server_late_ms }: ClientErrors) => server_late_ms)),
  };
  const breaches = breachesOf(level);
  return { ...level, breaches, limited_by: limitedBy(level, breaches) };
}

/**
 * True times are compared, so a late server does not make the client wrong. It is the limit where it
 * cannot keep up, or where it was late itself while the client was wrong.
 */
function limitedBy(level: Errors, breaches: string[]): CalibrationLevel["limited_by"] {
  const late_ms = level.server_send_late_ms;
  if (late_ms.p50 > level.token_ms / 2) return "server";
  if (breaches.length === 0) return null;
  return late_ms.p99 > SERVER_LATE_MS_P99 ? "server" : "client";
}

/** The answers asked for, and tokens sent, from when the last stream began until the first had ended. */
function fullLoad(pairs: readonly Pair[]) {
  const streams = Map.groupBy(pairs, ({ seen }) => seen.user_index);
  const bounds = [...streams.values()].map((answers) => ({
    from_ms: Math.min(...answers.map(({ truth }) => truth.received_ms)),
    to_ms: Math.max(...answers.map(({ truth }) => truth.sent_ms.at(-1)!)),
  }));
  const from_ms = Math.max(...bounds.map((each) => each.from_ms));
  const to_ms = Math.min(...bounds.map((each) => each.to_ms));
  const inside = (at_ms: number) => at_ms >= from_ms && at_ms <= to_ms;
  const events = pairs.flatMap(({ truth }) => truth.sent_ms.filter(inside)).length;
  return {
    pairs: pairs.filter(({ truth }) => inside(truth.received_ms)),
    events_per_s: events / ((to_ms - from_ms) / 1000),
  };
}

/** From the first to the last token of all streams, as sent and as seen. */
function spansOf(pairs: readonly Pair[]) {
  const [sent, read] = [new Range(), new Range()];
  for (const { seen, truth } of pairs) {
    truth.sent_ms.forEach((at) => sent.add(at));
    seen.token_ms.forEach((at) => read.add(at));
  }
  return { true_ms: sent.length, seen_ms: read.length };
}

class Range {
  #low = Infinity;
  #high = -Infinity;

  add(value: number): void {
    this.#low = Math.min(this.#low, value);
    this.#high = Math.max(this.#high, value);
  }

  get length(): number {
    return this.#high - this.#low;
  }
}

type Errors = Omit<CalibrationLevel, "breaches" | "limited_by">;

/** A sentence for each limit that the client broke. */
export function breachesOf(level: Errors): string[] {
  const checks: [what: string, value: number, limit: number, unit: string][] = [
    ["|TTFT error| p50", level.ttft_error_ms.p50, LIMITS.ttft_error_ms_p50, "ms"],
    ["|TTFT error| p99", level.ttft_error_ms.p99, LIMITS.ttft_error_ms_p99, "ms"],
    ["|TPOT error| p50", 100 * level.tpot_error_share.p50, 100 * LIMITS.tpot_error_share_p50, "%"],
    [
      "throughput error",
      100 * level.throughput_error_share,
      100 * LIMITS.throughput_error_share,
      "%",
    ],
    ["|gap error| p99", level.gap_error_ms.p99, LIMITS.gap_error_ms_p99, "ms"],
  ];
  const failed = level.failed > 0 ? [`${level.failed} of ${level.requests} requests failed`] : [];
  return [
    ...failed,
    ...checks.filter(([, value, limit]) => value > limit)
      .map(([what, value, limit, unit]) => `${what} ${value.toFixed(2)} ${unit}, limit ${limit}`),
  ];
}

/** Quantiles of the values without their sign; zeros where there are none. */
function sizes(values: readonly number[]): Quantiles {
  if (values.length === 0) return { p50: 0, p90: 0, p99: 0, max: 0 };
  const sorted = Float64Array.from(values, Math.abs).sort();
  const at = (p: number) => quantileSorted(sorted as unknown as number[], p);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1)! };
}
