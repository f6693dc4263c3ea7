/** What the client made of the known truth: the errors of its times, one answer a row. Pure. */
import { type ClockOffset, type Pair } from "./clock_offset.ts";

export interface ClientErrors {
  /**
   * TTFT from the scheduled start minus the true one: what the client, the way and the server's
   * reading of the request add.
   */
  ttft_error_ms: number;
  /** Of that the part between the client's send and the server's reading: no fault of the client. */
  server_late_ms: number;
  /** Seen time per token minus the true one; null for fewer than two token frames. */
  tpot_error_ms: number | null;
  /** The same as a share of the true one. */
  tpot_error_share: number | null;
  /** The difference of each gap between token frames, pooled by who asks. */
  gap_errors_ms: number[];
  /** How late each token frame left, by the server's own log. */
  send_late_ms: number[];
}

/** The errors of one answer; `offset` from `narrowed`. Throws when tokens were lost or made up. */
export function clientErrors({ seen, truth }: Pair, offset: ClockOffset): ClientErrors {
  const { token_ms, scheduled_ms, sent_ms } = seen;
  const tokens = truth.tokens.reduce((sum, count) => sum + count, 0);
  if (seen.output_tokens !== tokens || token_ms.length !== truth.sent_ms.length) {
    throw new Error(
      `request ${truth.request}: the server sent ${tokens} tokens in ${truth.sent_ms.length} frames, ` +
        `the client saw ${seen.output_tokens} in ${token_ms.length}`,
    );
  }
  const offset_ms = (offset.low_ms + offset.high_ms) / 2;
  const seenSpan = token_ms.at(-1)! - token_ms[0]!;
  const trueSpan = truth.sent_ms.at(-1)! - truth.sent_ms[0]!;
  const trueGaps = gaps(truth.sent_ms);
  const spans = tokens < 2 || trueSpan <= 0 ? null : { seenSpan, trueSpan };
  return {
    ttft_error_ms: token_ms[0]! - (scheduled_ms ?? sent_ms) -
      (truth.sent_ms[0]! - truth.received_ms),
    server_late_ms: truth.received_ms - sent_ms - offset_ms,
    tpot_error_ms: spans && (seenSpan - trueSpan) / (tokens - 1),
    tpot_error_share: spans && seenSpan / trueSpan - 1,
    gap_errors_ms: gaps(token_ms).map((gap, i) => gap - trueGaps[i]!),
    send_late_ms: truth.sent_ms.map((at, i) => at - truth.due_ms[i]!),
  };
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((at, i) => at - times[i]!);
}

/** Answers with what the server wrote down of them, paired by the number that the server told. */
export function paired(
  seen: readonly Pair["seen"][],
  truths: readonly Pair["truth"][],
): Pair[] {
  const byNumber = new Map(truths.map((truth) => [truth.request, truth]));
  return seen.flatMap((record) => {
    const truth = byNumber.get(record.prompt_tokens ?? -1);
    return truth === undefined ? [] : [{ seen: record, truth }];
  });
}
