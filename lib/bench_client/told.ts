/** What a client tells of its requests, against what the server wrote down. Pure. */
import { mean, median, quantile, sum } from "simple-statistics";
import type { ForeignTrial } from "@/import/foreign_trial.ts";
import type { Scenario } from "./scenarios.ts";
import type { AnswerSeen, TruthOfRequest } from "./truth.ts";

/** One answered request as its client tells it. */
export interface ToldRequest {
  /** What it tells of `usage.prompt_tokens`, in which the server sends the request's number. */
  number: number | null;
  ttft_ms: number;
  /** (Last − first token) / (N − 1); the end of the answer where the last token is not told. */
  tpot_ms: number;
  output_tokens: number;
}

/** Errors are what is told less what was; both over all requests. */
export interface ToldErrors {
  ttft_p50_error_ms: number;
  ttft_p99_error_ms: number;
  /** Of the mean TPOT, relative. */
  tpot_error: number;
  /** Size of the error of each request's TTFT; null where it is not told which request it is. */
  ttft_each_p50_ms: number | null;
  ttft_each_p99_ms: number | null;
  requests_told: number;
  tokens_told: number;
  /** Requests that reached the server, and the tokens that it sent. */
  requests_seen: number;
  tokens_sent: number;
  /** Null when as many requests were sent and told as were asked for; else how many were. */
  miscounted: string | null;
  /** Answers that are told with another number of tokens than the server sent. */
  wrong_answers: number;
}

/** The measured requests of a result file that were answered. */
export function toldByFile({ requests }: ForeignTrial): ToldRequest[] {
  return (requests ?? []).flatMap((one): ToldRequest[] => {
    const { first_token_after_ms: first, output_tokens, error, phase } = one;
    const last = one.last_token_after_ms ?? one.end_after_ms;
    if (error !== null || phase === "warmup" || first === null || last === null) return [];
    return [{
      number: one.prompt_tokens,
      ttft_ms: first,
      tpot_ms: (last - first) / ((output_tokens ?? 0) - 1),
      output_tokens: output_tokens ?? 0,
    }];
  });
}

/** The same of the project's own clients, by their log. */
export function toldByLog(answers: Map<number, AnswerSeen>): ToldRequest[] {
  return [...answers].map(([number, { sent_ms, token_ms }]) => ({
    number,
    ttft_ms: token_ms[0]! - sent_ms,
    tpot_ms: tpotOf(token_ms),
    output_tokens: token_ms.length,
  }));
}

/** Throws where nothing is told or nothing was sent. */
export function toldErrors(
  scenario: Scenario,
  truth: ReadonlyMap<number, TruthOfRequest>,
  told: readonly ToldRequest[],
): ToldErrors {
  if (told.length === 0) throw new Error("its result file tells of no answered request");
  const pairs = pairsOf(truth, told);
  const real = pairs?.map(({ real }) => real) ?? [...truth.values()];
  if (real.length === 0) throw new Error("no request reached the server");
  const [toldTtft, realTtft] = [told.map(({ ttft_ms }) => ttft_ms), real.map(ttftOf)];
  const each = pairs?.map(({ one, real }) => Math.abs(one.ttft_ms - ttftOf(real))) ?? null;
  const differs = (at: number) => quantile(toldTtft, at) - quantile(realTtft, at);
  const tokens = real.map(({ token_ms }) => tpotOf(token_ms));
  return {
    ttft_p50_error_ms: differs(0.5),
    ttft_p99_error_ms: differs(0.99),
    tpot_error: mean(told.map(({ tpot_ms }) => tpot_ms)) / mean(tokens) - 1,
    ttft_each_p50_ms: each && median(each),
    ttft_each_p99_ms: each && quantile(each, 0.99),
    requests_told: told.length,
    tokens_told: sum(told.map(({ output_tokens }) => output_tokens)),
    requests_seen: truth.size,
    tokens_sent: sum([...truth.values()].map(({ token_ms }) => token_ms.length)),
    miscounted: miscounted(scenario.requests, truth.size, told.length),
    wrong_answers: pairs === null
      ? told.filter(({ output_tokens }) => output_tokens !== scenario.max_tokens).length
      : pairs.filter(({ one, real }) => one.output_tokens !== real.token_ms.length).length,
  };
}

interface Pair {
  one: ToldRequest;
  real: TruthOfRequest;
}

/** Null where the numbers are not the server's, as where a client counts the tokens of its questions. */
function pairsOf(
  truth: ReadonlyMap<number, TruthOfRequest>,
  told: readonly ToldRequest[],
): Pair[] | null {
  if (new Set(told.map(({ number }) => number)).size < told.length) return null;
  const pairs = told.flatMap((one) => {
    const real = truth.get(one.number ?? -1);
    return real ? [{ one, real }] : [];
  });
  return pairs.length === told.length ? pairs : null;
}

function miscounted(asked: number, sent: number, told: number): string | null {
  if (sent === asked && told === asked) return null;
  return `${asked} requests were asked for, ${sent} were sent and ${told} are told`;
}

function ttftOf({ came_ms, token_ms }: TruthOfRequest): number {
  return token_ms[0]! - came_ms;
}

function tpotOf(token_ms: readonly number[]): number {
  return (token_ms.at(-1)! - token_ms[0]!) / (token_ms.length - 1);
}
