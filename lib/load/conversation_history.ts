/**
 * Conversations as they really went: each turn is sent with the turns before it and the answers
 * that came. A turn that failed is left out of what follows, its question too.
 */
import type { Message } from "@/config/prompts.ts";
import type { Exchange, PreparedRequest } from "./exchange.ts";
import { splitEvents } from "./sse.ts";
import { failureOf, parseStream } from "./stream_parse.ts";

export class ConversationHistory {
  readonly #earlier = new Map<number, Message[]>();

  /** The request with all that was said before; a first turn and what is no conversation as it is. */
  withHistory(request: PreparedRequest): PreparedRequest {
    const { turn } = request;
    if (turn === undefined || turn.turn === 0) return request;
    return { ...request, body: turn.bodyAfter(this.#earlier.get(turn.conversation) ?? []) };
  }

  /** Keeps the question and its answer for the next turn. */
  note(seen: Exchange): void {
    const { turn } = seen.request;
    if (turn === undefined) return;
    const earlier = turn.turn === 0 ? [] : this.#earlier.get(turn.conversation) ?? [];
    const { events, unterminated } = splitEvents(seen.arrivals);
    const stream = parseStream(events, "chat");
    const complete = seen.broken === null && unterminated === null;
    if (seen.http_status === 200 && failureOf(stream, complete) === null) {
      earlier.push(...turn.messages, { role: "assistant", content: stream.text });
    }
    this.#earlier.set(turn.conversation, earlier);
  }
}
