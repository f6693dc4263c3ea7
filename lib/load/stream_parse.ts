/** What a stream of events meant: its tokens and their times, its usage, how it ended. */
import type { Api } from "@/config/workload_schema.ts";
import type { FailureKind } from "@/records/request_record.ts";
import { type ServerTimes, serverTimesOf } from "./server_times.ts";
import type { SseEvent } from "./sse.ts";

export type { Api };

/**
 * `role`: a delta that names only a role. `token`: text, reasoning or tool-call arguments, also where
 * a role or the finish reason come with it. `empty`: a chunk without any of these. `usage`: usage and
 * no choices. `comment`: keep-alives and named events that are no chunks. `error`: what the server
 * calls an error, or a data frame that is no JSON object.
 */
export type EventKind =
  | "role"
  | "token"
  | "empty"
  | "finish"
  | "usage"
  | "done"
  | "comment"
  | "error";

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  /** Prompt tokens served from a cache; null where the server does not say. */
  cached_tokens: number | null;
}

/** Times are those of the events, in milliseconds. */
export interface ParsedStream {
  /** First event that is only a role; null where there was none. */
  role_ms: number | null;
  /** One time for each `token` event; an event may carry several tokens. */
  token_ms: number[];
  /** Events in the stream, comments included. */
  events: number;
  kinds: EventKind[];
  /** `[DONE]` was seen. */
  done: boolean;
  finish_reason: string | null;
  /** The last usage in the stream; servers may send a running one with each chunk. */
  usage: Usage | null;
  /** The server's own times, as the chunk with usage tells them. */
  server_times: ServerTimes | null;
  /** First error that the server sent inside the stream. */
  error: string | null;
  /** First data frame that is no JSON object: what it said, at most 200 characters. */
  malformed: string | null;
  /** Reasoning, content and tool-call arguments, in order of arrival. */
  text: string;
}

/** Reads the events of one answer of `/v1/chat/completions` or `/v1/completions`. Never throws. */
export function parseStream(events: readonly SseEvent[], api: Api): ParsedStream {
  const parsed = newStream();
  for (const event of events) takeEvent(parsed, event, api);
  return parsed;
}

/** A stream of which nothing has come yet. */
export function newStream(): ParsedStream {
  return {
    role_ms: null,
    token_ms: [],
    events: 0,
    kinds: [],
    done: false,
    finish_reason: null,
    usage: null,
    server_times: null,
    error: null,
    malformed: null,
    text: "",
  };
}

/** Adds the stream's next event and tells what it was. */
export function takeEvent(parsed: ParsedStream, event: SseEvent, api: Api): EventKind {
  const kind = takeData(parsed, event, api);
  parsed.events++;
  parsed.kinds.push(kind);
  if (kind === "token") parsed.token_ms.push(event.at_ms);
  if (kind === "role") parsed.role_ms ??= event.at_ms;
  return kind;
}

/**
 * Why the request counts as failed, or null if it succeeded. `complete` says that the answer's body
 * ended as HTTP has it and left no event unterminated. A stream without `[DONE]` is accepted if it is
 * complete and has a finish reason and usage. An error in the stream fails it whatever follows, and so
 * does a finish reason with which the server says that it gave up.
 */
export function failureOf(
  parsed: Omit<ParsedStream, "text" | "kinds">,
  complete: boolean,
): { failure: FailureKind; error: string } | null {
  if (parsed.error !== null) return { failure: "in_stream_error", error: parsed.error };
  if (parsed.malformed !== null) {
    return {
      failure: "in_stream_error",
      error: `frame that is no JSON object: ${parsed.malformed}`,
    };
  }
  if (GIVEN_UP.has(parsed.finish_reason ?? "")) {
    const error = `the server gave up: finish_reason "${parsed.finish_reason}"`;
    return { failure: "in_stream_error", error };
  }
  const ended = complete && parsed.finish_reason !== null && parsed.usage !== null;
  if (!parsed.done && !ended) return { failure: "stream_cut", error: cutError(parsed, complete) };
  if (parsed.token_ms.length === 0) {
    return { failure: "no_token", error: `no text in ${parsed.events} events` };
  }
  if (parsed.usage === null) {
    return { failure: "no_usage", error: "no usage in the stream, so its tokens are not known" };
  }
  return null;
}

/** Finish reasons with which servers say that they did not finish. */
const GIVEN_UP = new Set(["abort", "cancelled", "error", "timeout"]);

function cutError({ token_ms }: { token_ms: number[] }, complete: boolean): string {
  const how = complete ? "the stream ended" : "the stream was cut off";
  return `${how} without [DONE] after ${token_ms.length} token events`;
}

type Json = Record<string, unknown>;

function takeData(parsed: ParsedStream, event: SseEvent, api: Api): EventKind {
  const data = event.data?.trim() ?? "";
  if (data === "") return "comment";
  if (data === "[DONE]") {
    parsed.done = true;
    return "done";
  }
  const chunk = jsonObject(data);
  if (event.event === "error" || (chunk && isError(chunk))) {
    parsed.error ??= errorText(chunk, data);
    return "error";
  }
  if (!chunk) {
    parsed.malformed ??= data.slice(0, 200);
    return "error";
  }
  return takeChunk(parsed, chunk, api, event.event !== null && event.event !== "message");
}

function takeChunk(parsed: ParsedStream, chunk: Json, api: Api, named: boolean): EventKind {
  const usage = usageOf(chunk["usage"]);
  if (usage) parsed.usage = usage;
  if (usage) parsed.server_times = serverTimesOf(chunk) ?? parsed.server_times;
  const choices = objects(chunk["choices"]);
  if (choices.length === 0) return usage ? "usage" : named ? "comment" : "empty";
  let text = "";
  let finished = false;
  let role = false;
  for (const choice of choices) {
    const delta = object(choice["delta"]);
    text += api === "chat" ? deltaText(delta) : words(choice["text"]);
    role ||= words(delta["role"]) !== "";
    const reason = choice["finish_reason"];
    if (typeof reason === "string" && reason !== "") {
      parsed.finish_reason = reason;
      finished = true;
    }
  }
  parsed.text += text;
  if (text !== "") return "token";
  return finished ? "finish" : role ? "role" : "empty";
}

/** Servers that rename `reasoning_content` send the same text under both names for a while. */
function deltaText(delta: Json): string {
  const reasoning = words(delta["reasoning_content"]) || words(delta["reasoning"]);
  const calls = objects(delta["tool_calls"]).map((call) => object(call["function"]));
  return reasoning + words(delta["content"]) +
    calls.map((call) => words(call["arguments"])).join("");
}

function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The object, or an empty one for anything else. */
function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonObject(data: string): Json | null {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isError(chunk: Json): boolean {
  const error = chunk["error"];
  return chunk["object"] === "error" || (error !== undefined && error !== null && error !== false);
}

function errorText(chunk: Json | null, data: string): string {
  const error = chunk?.["error"];
  const message = typeof error === "string" ? error : object(error ?? chunk)["message"];
  return typeof message === "string" && message !== "" ? message : data.slice(0, 200);
}

function usageOf(value: unknown): Usage | null {
  const usage = object(value);
  const { prompt_tokens, completion_tokens } = usage;
  if (typeof prompt_tokens !== "number" || typeof completion_tokens !== "number") return null;
  const cached = object(usage["prompt_tokens_details"])["cached_tokens"];
  return {
    prompt_tokens,
    completion_tokens,
    cached_tokens: typeof cached === "number" ? cached : null,
  };
}
