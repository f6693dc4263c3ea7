/** Frames of the known-truth server as bytes: HTTP/1.1 chunks of server-sent events, shaped as vLLM's. */
import type { Frame, PlannedWrite } from "./script.ts";

const WORDS = [" the", " token", "ing", "\n", ' "quoted"', " café"];
const encoder = new TextEncoder();

/** The head of a streamed answer, which leaves as soon as the request has come. */
export const STREAM_HEAD = encoder.encode(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n",
);

/** What a write sends: one piece, or two where it is split. */
export interface WriteBytes {
  pieces: Uint8Array[];
  /** Tokens of each token frame in it. */
  tokens: number[];
}

/** The bytes of one write; `request` is told as `usage.prompt_tokens`, by which client and log are paired. */
export function writeBytes(
  { frames }: PlannedWrite,
  { request, split, last }: { request: number; split: boolean; last: boolean },
): WriteBytes {
  const parts = frames.map((frame) => encoder.encode(httpChunk(frame, request)));
  if (last) parts.push(encoder.encode("0\r\n\r\n"));
  const whole = joined(parts);
  const tokens = frames.flatMap((frame) => frame.kind === "token" ? [frame.tokens] : []);
  if (!split) return { pieces: [whole], tokens };
  const at = frames.findIndex(({ kind }) => kind === "token");
  const before = parts.slice(0, at).reduce((sum, part) => sum + part.length, 0);
  const cut = before + Math.floor(parts[at]!.length / 2);
  return { pieces: [whole.subarray(0, cut), whole.subarray(cut)], tokens };
}

/** A whole answer that is no stream. */
export function plainAnswer(status: number, type: string, body: string): Uint8Array {
  const bytes = encoder.encode(body);
  const head = `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Refused"}\r\n` +
    `content-type: ${type}\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  return joined([encoder.encode(head), bytes]);
}

function httpChunk(frame: Frame, request: number): string {
  const text = `data: ${dataOf(frame, request)}\n\n`;
  const bytes = encoder.encode(text).length;
  return `${bytes.toString(16)}\r\n${text}\r\n`;
}

function dataOf(frame: Frame, request: number): string {
  switch (frame.kind) {
    case "done":
      return "[DONE]";
    case "error":
      return JSON.stringify({ error: { message: "scripted error", type: "truth", code: 500 } });
    case "usage":
      return chunk(request, [], usage(request, frame.tokens));
    case "finish":
      return chunk(request, [{ index: 0, delta: { content: "" }, finish_reason: frame.reason }]);
    case "role":
      return delta(request, { role: "assistant", content: "" });
    case "empty":
      return delta(request, { content: "" });
    case "token":
      return delta(request, { content: words(request, frame.tokens) });
  }
}

function delta(request: number, inside: Record<string, string>): string {
  return chunk(request, [{ index: 0, delta: inside, logprobs: null, finish_reason: null }]);
}

function chunk(request: number, choices: unknown[], more: Record<string, unknown> = {}): string {
  const id = `chatcmpl-${request.toString(16).padStart(16, "0")}`;
  const fixed = { id, object: "chat.completion.chunk", created: 1795553302, model: "truth" };
  return JSON.stringify({ ...fixed, choices, ...more });
}

function usage(request: number, tokens: number) {
  const total_tokens = request + tokens;
  return { usage: { prompt_tokens: request, completion_tokens: tokens, total_tokens } };
}

function words(request: number, count: number): string {
  return Array.from({ length: count }, (_, i) => WORDS[(request + i) % WORDS.length]).join("");
}

function joined(parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
