/** What a wire format is: how one engine words its answers, as exact frames of the event stream. */
import type { BatchLoad } from "./batch_engine.ts";
import type { Endpoint, Refusal, RequestRules, ServedModel } from "./generation_request.ts";

export type WireName = "vllm" | "sglang" | "tensorrt-llm";
export type FinishReason = "length" | "stop";

/** What all frames of one answer share. */
export interface Answer {
  endpoint: Endpoint;
  model: string;
  promptTokens: number;
  includeUsage: boolean;
  continuousUsage: boolean;
  /** 32 hexadecimal digits, new at each call. */
  newId(): string;
  /** Seconds since the epoch. */
  nowS(): number;
}

/** One token on its way out; `text` is empty while a character is unfinished. */
export interface TokenOut {
  text: string;
  /** Tokens so far, this one included. */
  outputTokens: number;
  finish: FinishReason | null;
}

/** The frames of one streamed answer, in order; the frames of one call leave in one write. */
export interface AnswerFrames {
  token(token: TokenOut): string[];
  /** After the last token. */
  end(outputTokens: number): string[];
  /** When the engine fails in mid-stream; null means that it drops the connection. */
  failure(message: string, outputTokens: number): string[] | null;
}

export interface HttpAnswer {
  status: number;
  body: unknown;
}

/** Totals of finished requests, apart for streamed and whole answers. */
export interface Totals {
  requests: number;
  promptTokens: number;
  outputTokens: number;
  /** Sums of their true times in seconds, from arrival. */
  ttftS: number;
  e2eS: number;
  /** Mean seconds between tokens, over those with more than one. */
  tpotS: number;
  tpotRequests: number;
}

export interface ServerCounters {
  load: BatchLoad;
  streamed: Totals;
  whole: Totals;
  finished: Record<FinishReason, number>;
}

export interface Wire {
  name: WireName;
  rules: RequestRules;
  /** Whether the response's head leaves at once or with the first token. */
  headAtOnce: boolean;
  /** Paths that answer 200 without a body. */
  emptyPaths: string[];
  /** Path that tells the version; null if the engine has none. */
  versionPath: string | null;
  /** Paths of the Prometheus text. */
  metricsPaths: string[];
  frames(answer: Answer): AnswerFrames;
  /** The body of an answer that is not streamed. */
  whole(answer: Answer, text: string, outputTokens: number, finish: FinishReason): unknown;
  refusal(refusal: Refusal, served: ServedModel): HttpAnswer;
  models(served: ServedModel, startedS: number): unknown;
  /** Prometheus series as `name{labels}` and value. */
  metrics(counters: ServerCounters, model: string): Record<string, number>;
}

/** Sums and counts of a histogram of each time, under the engine's own names. */
export function timeSeries(
  totals: Totals,
  names: Record<"ttft" | "e2e" | "tpot", string>,
  labels: string,
) {
  const { requests, ttftS, e2eS, tpotS, tpotRequests } = totals;
  return {
    [`${names.ttft}_sum${labels}`]: ttftS,
    [`${names.ttft}_count${labels}`]: requests,
    [`${names.e2e}_sum${labels}`]: e2eS,
    [`${names.e2e}_count${labels}`]: requests,
    [`${names.tpot}_sum${labels}`]: tpotS,
    [`${names.tpot}_count${labels}`]: tpotRequests,
  };
}

export const DONE_FRAME = "data: [DONE]\n\n";

export function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** JSON with a space after each comma and colon, as Python's `json.dumps` writes it. */
export function spacedJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, v]) => `${JSON.stringify(key)}: ${spacedJson(v)}`);
  return `{${pairs.join(", ")}}`;
}
