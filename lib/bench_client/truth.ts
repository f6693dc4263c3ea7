/** What a client says against what the server wrote down: the errors of its measurements. Pure. */
import { mean, median, quantileSorted } from "simple-statistics";
import type { Measured, Scenario } from "./scenarios.ts";

/** Milliseconds of the machine's monotonic clock, as all times here. */
export interface TruthOfRequest {
  /** When the server's kernel had the request, and when its first token was due. */
  came_ms: number;
  due_ms: number;
  /** When each token was handed to the kernel. */
  token_ms: number[];
}

export interface AnswerSeen {
  sent_ms: number;
  token_ms: number[];
}

/** Both logs have a line a request: its number, then times. The first `warmup` requests are passed over. */
export function parseTruth(log: string, warmup = 0): Map<number, TruthOfRequest> {
  const measured = rows(log).filter(([number]) => number! > warmup);
  return new Map(
    measured.map(([number, came_ms, due_ms, ...token_ms]) => [
      number!,
      { came_ms: came_ms!, due_ms: due_ms!, token_ms },
    ]),
  );
}

export function parseAnswers(log: string): Map<number, AnswerSeen> {
  return new Map(
    rows(log).map(([number, sent_ms, ...token_ms]) => [number!, { sent_ms: sent_ms!, token_ms }]),
  );
}

function rows(log: string): number[][] {
  return log.trimEnd().split("\n").map((line) => line.split(" ").map(Number));
}

type Errors = Omit<
  Measured,
  "tokens_per_s" | "window_tokens_per_s" | "cpu_us_per_token" | "startup_cpu_s" | "peak_bytes"
>;

/** Durations are compared with durations, so a server that is late itself is not charged to the client. */
export function errorsOf(
  scenario: Scenario,
  truth: Map<number, TruthOfRequest>,
  answers: Map<number, AnswerSeen>,
): Errors {
  const pairs = [...answers].flatMap(([number, seen]) => {
    const real = truth.get(number);
    return real && real.token_ms.length === seen.token_ms.length ? [{ seen, real }] : [];
  });
  if (pairs.length === 0) {
    throw new Error("no answer that the client tells of is in the server's log");
  }
  const ttft = sorted(
    pairs.map(({ seen, real }) =>
      Math.abs(seen.token_ms[0]! - seen.sent_ms - (real.token_ms[0]! - real.came_ms))
    ),
  );
  const gaps = sorted(pairs.flatMap(({ seen }) => differences(seen.token_ms)));
  const realGaps = sorted(pairs.flatMap(({ real }) => differences(real.token_ms)));
  const lateness = sorted(
    pairs.flatMap(({ seen, real }) => seen.token_ms.map((at, i) => at - real.token_ms[i]!)),
  );
  const serverLateness = sorted(
    pairs.flatMap(({ real }) =>
      real.token_ms.map((at, i) => at - real.due_ms - i * scenario.gap_ms)
    ),
  );
  return {
    ttft_error_p50_ms: quantileSorted(ttft, 0.5),
    ttft_error_p99_ms: quantileSorted(ttft, 0.99),
    itl_error: Math.abs(mean(gaps) / mean(realGaps) - 1),
    tpot_error: mean(
      pairs.map(({ seen, real }) => Math.abs(span(seen.token_ms) / span(real.token_ms) - 1)),
    ),
    gap_p99_ms: quantileSorted(gaps, 0.99),
    ttft_p50_ms: median(pairs.map(({ seen }) => seen.token_ms[0]! - seen.sent_ms)),
    tpot_p50_ms: median(pairs.map(({ seen }) => span(seen.token_ms) / (seen.token_ms.length - 1))),
    true_ttft_p50_ms: median(pairs.map(({ real }) => real.token_ms[0]! - real.came_ms)),
    true_tpot_p50_ms: median(
      pairs.map(({ real }) => span(real.token_ms) / (real.token_ms.length - 1)),
    ),
    lateness_p50_ms: quantileSorted(lateness, 0.5),
    lateness_p99_ms: quantileSorted(lateness, 0.99),
    miscounted: miscounted(scenario, truth, answers),
    server_lateness_p50_ms: quantileSorted(serverLateness, 0.5),
    server_lateness_p99_ms: quantileSorted(serverLateness, 0.99),
    server_gap_p99_ms: quantileSorted(realGaps, 0.99),
  };
}

function miscounted(
  { requests, max_tokens }: Scenario,
  truth: Map<number, TruthOfRequest>,
  answers: Map<number, AnswerSeen>,
): string | null {
  if (truth.size !== requests) return `${truth.size} of ${requests} requests were sent`;
  const wrong = [...truth].filter(([number, { token_ms }]) =>
    token_ms.length !== max_tokens || answers.get(number)?.token_ms.length !== max_tokens
  );
  return wrong.length === 0 ? null : `${wrong.length} answers were not counted in full`;
}

function differences(times: number[]): number[] {
  return times.slice(1).map((at, i) => at - times[i]!);
}

function span(times: number[]): number {
  return times.at(-1)! - times[0]!;
}

function sorted(values: number[]): number[] {
  return values.sort((a, b) => a - b);
}
