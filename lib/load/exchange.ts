/**
 * One streaming request on one connection. While the answer arrives, reads are only stamped and
 * kept; what they mean is worked out once the request has ended.
 */
import type { Message } from "@/config/prompts.ts";
import type { Api } from "@/config/workload_schema.ts";
import { connectError } from "@/engines/connect_error.ts";
import { shortened } from "@/engines/server_message.ts";
import type { FailureKind, RequestRecord } from "@/records/request_record.ts";
import { AnswerReader, type Later, parseAnswer } from "./answer_reader.ts";
import { Arrivals } from "./arrivals.ts";
import { MOST_BYTES, notAStream, statusError } from "./bad_response.ts";
import type { Connection } from "./connection.ts";
import { HttpProblem } from "./http_reader.ts";
import type { AnswerHeaders } from "./http_socket.ts";
import { InFlight } from "./in_flight.ts";
import { failureOf } from "./stream_parse.ts";

/** A request as it goes over the wire, with what the record keeps of it. */
export interface PreparedRequest {
  prompt_id: string;
  max_tokens: number;
  /** `chat` if absent. */
  api?: Api;
  /** JSON, encoded before the trial; of a conversation's later turn, without its history. */
  body: Uint8Array;
  /** Tokens that its prompt was made to take. */
  asked_prompt_tokens?: number;
  turn?: PreparedTurn;
}

/** A request's place in a conversation, and how it looks once it is known what was said before. */
export interface PreparedTurn {
  conversation: number;
  turn: number;
  messages: Message[];
  bodyAfter(earlier: Message[]): Uint8Array;
}

const PATHS: Record<Api, string> = { chat: "/chat/completions", completions: "/completions" };

/** What happened on the wire, uninterpreted. Times are on the clock of `now`. */
export interface Exchange {
  request: PreparedRequest;
  sent_ms: number;
  headers_ms: number | null;
  end_ms: number;
  http_status: number | null;
  headers: AnswerHeaders;
  arrivals: Arrivals;
  /** Where the answer was read while it came: knows what `arrivals` no longer holds. */
  reader?: AnswerReader;
  /** How the transport failed; null when the answer ended as it should. */
  broken: { failure: FailureKind; error: string } | null;
}

export interface ExchangeOptions {
  now: () => number;
  timeout_ms: number;
  signal: AbortSignal;
  /** An answer longer than this is broken off; 256 MiB if absent. */
  most_bytes?: number;
  /** Of the phase, with the same time-out and signal; if absent, the request has its own. */
  inFlight?: InFlight;
  /** Of the phase: reads streams while they come, and keeps nothing of their text. */
  later?: Later;
}

/**
 * Sends `request` and collects its answer. Never rejects: a failure is a result. When the socket of
 * an earlier answer turns out to be closed before anything was answered, the request is sent once
 * more on a fresh one; latency still counts from the scheduled start.
 */
export async function exchange(
  connection: Connection,
  request: PreparedRequest,
  options: ExchangeOptions,
): Promise<Exchange> {
  if (options.inFlight !== undefined) {
    return await sendAgainIfUnheard(connection, request, options, options.inFlight);
  }
  using inFlight = new InFlight(options);
  return await sendAgainIfUnheard(connection, request, options, inFlight);
}

async function sendAgainIfUnheard(
  connection: Connection,
  request: PreparedRequest,
  options: ExchangeOptions,
  inFlight: InFlight,
): Promise<Exchange> {
  const reused = connection.reused;
  const seen = await exchangeOnce(connection, request, options, inFlight);
  const unheard = seen.broken?.failure === "connect" && seen.headers_ms === null;
  if (!reused || !unheard) return seen;
  connection.noteClosedUnannounced();
  await connection.prepare();
  return await exchangeOnce(connection, request, options, inFlight);
}

function exchangeOnce(
  connection: Connection,
  request: PreparedRequest,
  options: ExchangeOptions,
  inFlight: InFlight,
): Promise<Exchange> {
  const { now, signal, most_bytes = MOST_BYTES, later } = options;
  if (signal.aborted) return Promise.resolve(neverSent(request, now()));
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const seen: Exchange = {
    request,
    sent_ms: now(),
    headers_ms: null,
    end_ms: 0,
    http_status: null,
    headers: {},
    arrivals: new Arrivals(),
    broken: null,
  };
  const { api = "chat" } = request;
  let reader: AnswerReader | null = null;
  let abortedAs: FailureKind | null = null;
  const abort = (failure: FailureKind, reason: string) => {
    abortedAs = failure;
    connection.abort(new Error(reason));
  };
  const flight = { breakOff: abort };
  inFlight.begin(flight);
  const finish = (end_ms: number, broken: Exchange["broken"]) => {
    seen.end_ms = end_ms;
    seen.broken = broken;
    inFlight.end(flight);
    broken === null ? connection.noteEnd() : connection.noteFailure();
    resolve(seen);
  };
  connection.post(PATHS[api], request.body, {
    now,
    onHead(status, headers, at_ms) {
      seen.headers_ms = at_ms;
      seen.http_status = status;
      seen.headers = headers;
      connection.noteHeaders(headers);
      if (later === undefined || status !== 200) return;
      seen.reader = reader = new AnswerReader(api, seen.arrivals);
    },
    onBytes(source, from, to, at_ms) {
      if (reader === null) seen.arrivals.append(source, from, to, at_ms);
      else reader.take(source, from, to, at_ms, later!);
      if (seen.arrivals.total <= most_bytes) return;
      abort("bad_response", `more than ${most_bytes} bytes in one answer`);
    },
    onEnd: (at_ms) => finish(at_ms, null),
    onError(error) {
      const failure = abortedAs ?? transportFailure(error, seen);
      finish(now(), { failure, error: connectError(error) });
    },
  });
  return promise;
}

function neverSent(request: PreparedRequest, at_ms: number): Exchange {
  return {
    request,
    sent_ms: at_ms,
    headers_ms: null,
    end_ms: at_ms,
    http_status: null,
    headers: {},
    arrivals: new Arrivals(),
    broken: { failure: "cancelled", error: "the run was interrupted" },
  };
}

/** What is known of a request before it is sent. */
export type Planned = Pick<
  RequestRecord,
  "trial_id" | "phase" | "request_index" | "user_index" | "in_flight" | "scheduled_ms"
>;

/** The record of a finished exchange: the bytes read as a stream, the counts taken from `usage`. */
export function toRecord(planned: Planned, seen: Exchange): RequestRecord {
  const { request } = seen;
  const { stream, eventless, unterminated } = seen.reader?.finish() ??
    parseAnswer(seen.arrivals, request.api ?? "chat");
  const complete = seen.broken === null && unterminated === null;
  const failed = failure(seen, eventless, failureOf(stream, complete));
  return {
    ...planned,
    prompt_id: request.prompt_id,
    max_tokens: request.max_tokens,
    asked_prompt_tokens: request.asked_prompt_tokens ?? null,
    sent_ms: seen.sent_ms,
    headers_ms: seen.headers_ms,
    role_ms: stream.role_ms,
    first_token_ms: stream.token_ms[0] ?? null,
    last_token_ms: stream.token_ms.at(-1) ?? null,
    end_ms: seen.end_ms,
    token_ms: stream.token_ms,
    reads: seen.arrivals.reads,
    events: stream.events,
    http_status: seen.http_status,
    finish_reason: stream.finish_reason,
    prompt_tokens: stream.usage?.prompt_tokens ?? null,
    output_tokens: stream.usage?.completion_tokens ?? null,
    cached_tokens: stream.usage?.cached_tokens ?? null,
    server_queue_ms: stream.server_times?.queue_ms ?? null,
    server_prefill_ms: stream.server_times?.prefill_ms ?? null,
    server_decode_ms: stream.server_times?.decode_ms ?? null,
    failure: failed?.failure ?? null,
    error: failed === null ? null : shortened(failed.error),
  };
}

type Failed = { failure: FailureKind; error: string } | null;

/** A bad status explains more than the stream that it lacks; a stream's own error more than a cut. */
function failure(seen: Exchange, eventless: boolean, ofStream: Failed): Failed {
  const { http_status, headers, arrivals, broken } = seen;
  if (http_status !== null && http_status !== 200) {
    return { failure: "http_status", error: statusError(http_status, headers, arrivals) };
  }
  if (http_status === 200 && eventless && (broken ?? ofStream)?.failure === "stream_cut") {
    const error = notAStream(headers, arrivals);
    if (error !== null) return { failure: "bad_response", error };
  }
  if (ofStream?.failure === "in_stream_error") return ofStream;
  return broken ?? ofStream;
}

/** undici's codes of answers that break HTTP itself: the parser's, a head that is too big, an unasked 1xx. */
const NOT_HTTP = /HTTPParserError|HEADERS_OVERFLOW|RES_EXCEEDED|RES_CONTENT_LENGTH/;

function transportFailure(error: Error, { headers_ms }: Exchange): FailureKind {
  const { code = "" } = error as { code?: string };
  if (headers_ms !== null) return "stream_cut";
  if (error instanceof HttpProblem) return "bad_response";
  return NOT_HTTP.test(`${error.name} ${code}`) || /^bad (response|upgrade)/.test(error.message)
    ? "bad_response"
    : "connect";
}
