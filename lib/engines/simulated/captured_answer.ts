/** Reads the captured answers in `testdata/`; only tests use it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Answer } from "./wire.ts";

export interface CapturedAnswer {
  requestBody: string;
  status: number;
  /** Without chunked framing. */
  body: string;
}

// deno-lint-ignore no-explicit-any
export type CapturedEvent = any;

/** A capture holds the request in its first line, then the answer's head and body. */
export function captured(name: string): CapturedAnswer {
  const text = Deno.readTextFileSync(join(import.meta.dirname!, "testdata", name));
  const request = text.slice(0, text.indexOf("\n"));
  const answer = text.slice(text.indexOf("\n") + 1);
  const headEnd = answer.indexOf("\r\n\r\n");
  const head = answer.slice(0, headEnd);
  const raw = answer.slice(headEnd + 4).replace(/\n### curl exit=0\n$/, "");
  return {
    requestBody: request.slice(request.indexOf(" {") + 1),
    status: Number(head.split(" ")[1]),
    body: name.endsWith(".raw") && head.includes("chunked")
      ? dechunked(new TextEncoder().encode(raw))
      : raw,
  };
}

/** The JSON of each event before `[DONE]`. */
export function eventsOf(body: string): CapturedEvent[] {
  return body.split("\n\n")
    .filter((event) => event !== "" && event !== "data: [DONE]")
    .map((event) => JSON.parse(event.replace(/^data: /, "")));
}

/** The facts that a captured stream was made from, so that it can be made again. */
export function answerOf(events: CapturedEvent[], facts: Partial<Answer>): Answer {
  const chunks = events.filter((event) => event.id !== undefined);
  const usage = events.findLast((event) => event.usage)?.usage;
  const ids = chunks.map((chunk) => chunk.id.replace(/^(chatcmpl|cmpl)-/, ""));
  return {
    endpoint: chunks[0].object.startsWith("chat") ? "chat" : "completions",
    model: chunks[0].model,
    promptTokens: usage?.prompt_tokens ?? 0,
    includeUsage: usage !== undefined,
    continuousUsage: false,
    newId: () => ids.shift() ?? "no id left",
    nowS: () => chunks[0].created,
    ...facts,
  };
}

/** Takes chunked framing off. */
export function dechunked(bytes: Uint8Array): string {
  const payloads: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf(0x0a, at);
    const sizeLine = new TextDecoder().decode(bytes.subarray(at, lineEnd)).trim();
    assert.match(sizeLine, /^[0-9a-f]+$/, `size of the chunk at byte ${at}`);
    const start = lineEnd + 1;
    const end = start + parseInt(sizeLine, 16);
    payloads.push(...bytes.subarray(start, end));
    at = end + 2;
  }
  return new TextDecoder().decode(new Uint8Array(payloads));
}
