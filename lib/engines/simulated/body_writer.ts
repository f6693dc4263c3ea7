/** Writes the event stream of one answer, and now and then parts a frame inside a character. */
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers";

/** Share of frames with characters of several bytes that leave in two writes. */
export const PARTED_SHARE = 0.25;

export class BodyWriter {
  #response: ServerResponse;
  #random: () => number;
  #held: Uint8Array[] = [];
  #onFlushed: (() => void) | null = null;

  constructor(response: ServerResponse, random: () => number) {
    this.#response = response;
    this.#random = random;
  }

  /** Each frame becomes one HTTP chunk; all leave in one write unless a frame is parted. */
  write(frames: readonly string[]): void {
    const encoder = new TextEncoder();
    const pieces = frames.flatMap((frame) => this.#part(encoder.encode(frame)));
    const parted = pieces.length > frames.length;
    if (this.#held.length > 0) {
      this.#held.push(...pieces);
      return;
    }
    this.#response.cork();
    for (const piece of parted ? pieces.slice(0, -1) : pieces) this.#response.write(piece);
    this.#response.uncork();
    if (!parted) return;
    this.#held = pieces.slice(-1);
    setImmediate(() => this.#flush());
  }

  /** The regular end of the body. */
  end(): void {
    this.#afterFlush(() => this.#response.end());
  }

  /** Breaks the connection once everything written is on its way. */
  drop(): void {
    this.#afterFlush(() => setImmediate(() => this.#response.destroy()));
  }

  #afterFlush(action: () => void): void {
    if (this.#held.length === 0) action();
    else this.#onFlushed = action;
  }

  #flush(): void {
    this.#response.cork();
    for (const piece of this.#held) this.#response.write(piece);
    this.#response.uncork();
    this.#held = [];
    this.#onFlushed?.();
  }

  #part(bytes: Uint8Array): Uint8Array[] {
    const cut = cutInsideCharacter(bytes);
    if (cut === null || this.#random() >= PARTED_SHARE) return [bytes];
    return [bytes.subarray(0, cut), bytes.subarray(cut)];
  }
}

/** Where to cut so that both parts hold bytes of one character; null if all are single bytes. */
export function cutInsideCharacter(bytes: Uint8Array): number | null {
  const continuation = bytes.findIndex((byte) => (byte & 0xc0) === 0x80);
  return continuation === -1 ? null : continuation;
}
