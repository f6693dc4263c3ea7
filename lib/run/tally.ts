/** What is kept in memory of a phase's requests while they go to the journal: counts and the ends. */
import type { RequestRecord } from "@/records/request_record.ts";

export class Tally {
  ended = 0;
  failed = 0;
  /** The error of the first request that ended in one. */
  firstError: string | null = null;
  /** The earliest send; null when none has ended. */
  firstSend_ms: number | null = null;
  readonly #firstSends = new Map<number, number>();
  #last: Pick<RequestRecord, "failure" | "http_status"> | null = null;

  /** When the last of the users sent its first request; null when none has ended. */
  get everyUserSent_ms(): number | null {
    const sends = [...this.#firstSends.values()];
    return sends.length === 0 ? null : sends.reduce((a, b) => Math.max(a, b));
  }

  add({ failure, error, sent_ms, http_status, user_index }: RequestRecord): void {
    this.ended++;
    const user = user_index ?? 0;
    this.#firstSends.set(user, Math.min(sent_ms, this.#firstSends.get(user) ?? Infinity));
    this.#last = { failure, http_status };
    this.firstSend_ms = Math.min(this.firstSend_ms ?? sent_ms, sent_ms);
    if (failure === null) return;
    this.failed++;
    this.firstError ??= error;
  }

  get allFailed(): boolean {
    return this.ended > 0 && this.failed === this.ended;
  }

  /** Whether the last request failed in a way in which a dying or dead server fails them. */
  get brokenAtTheEnd(): boolean {
    if (this.#last === null || this.#last.failure === null) return false;
    const { failure, http_status } = this.#last;
    return DYING.includes(failure) || (http_status ?? 0) >= 500;
  }
}

const DYING = ["connect", "stream_cut", "in_stream_error"];
