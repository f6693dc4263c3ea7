/** From a foreign level to this project's request records: one clock, the schedule, the window. */
import type { RequestRecord } from "@/records/request_record.ts";
import type { ForeignRequest } from "./foreign_trial.ts";

export interface TrialRecords {
  records: RequestRecord[];
  /** Null where the send times are not known or C requests were never in flight. */
  window: { start_ms: number; end_ms: number } | null;
}

interface Timed {
  request: ForeignRequest;
  /** From the first sending; 0 where it is not known. */
  sent_ms: number;
  end_ms: number;
  timed: boolean;
}

/**
 * The records of a level at which `concurrency` requests ran at once. A request's scheduled start is
 * the end of the one whose place it took, which is when its user became free; the first C are
 * scheduled when they were sent. Without send times each request counts from its own sending and has
 * no schedule.
 */
export function trialRecords(
  requests: readonly ForeignRequest[],
  trial_id: string,
  concurrency: number,
): TrialRecords {
  const inOrder = onOneClock(requests);
  const known = inOrder.every(({ timed, request }) => timed || request.error !== null);
  const ends = inOrder.filter(({ timed }) => timed).map(({ end_ms }) => end_ms)
    .sort((a, b) => a - b);
  let sent = 0;
  let ended = 0;
  const records = inOrder.map((one, request_index) => {
    const record = recordOf(one, trial_id, request_index);
    if (!known || !one.timed) return record;
    while (ended < ends.length && ends[ended]! <= one.sent_ms) ended++;
    // What ended before this was sent includes nothing that is sent later.
    const in_flight = sent + 1 - ended;
    const freed_ms = ends[sent - concurrency] ?? one.sent_ms;
    sent++;
    return { ...record, in_flight, scheduled_ms: Math.min(freed_ms, one.sent_ms) };
  });
  return { records, window: known ? windowOf(inOrder, concurrency) : null };
}

function onOneClock(requests: readonly ForeignRequest[]): Timed[] {
  const origin_ms = requests.reduce(
    (least, { sent_ms }) => Math.min(least, sent_ms ?? least),
    Infinity,
  );
  return requests.map((request): Timed => {
    const timed = request.sent_ms !== null;
    const sent_ms = timed ? request.sent_ms! - origin_ms : 0;
    const after = request.end_after_ms ?? request.last_token_after_ms ?? 0;
    return { request, sent_ms, end_ms: sent_ms + after, timed };
  }).sort((a, b) => a.sent_ms - b.sent_ms);
}

/** From the first measured send until fewer than C are left, so that in flight must fall below C. */
function windowOf(inOrder: Timed[], concurrency: number): TrialRecords["window"] {
  const measured = inOrder.filter(({ request, timed }) => timed && request.phase !== "warmup");
  if (measured.length < concurrency) return null;
  const ends = measured.map(({ end_ms }) => end_ms).sort((a, b) => a - b);
  return { start_ms: measured[0]!.sent_ms, end_ms: ends[measured.length - concurrency]! };
}

function recordOf({ request, sent_ms, end_ms }: Timed, trial_id: string, request_index: number) {
  const at = (after_ms: number | null) => after_ms === null ? null : sent_ms + after_ms;
  return {
    trial_id,
    phase: request.phase ?? "measured",
    request_index,
    user_index: null,
    prompt_id: "",
    max_tokens: request.max_tokens,
    in_flight: null,
    scheduled_ms: null,
    sent_ms,
    headers_ms: null,
    role_ms: null,
    first_token_ms: at(request.first_token_after_ms),
    last_token_ms: at(request.last_token_after_ms),
    end_ms,
    token_ms: request.token_after_ms.map((after_ms) => sent_ms + after_ms),
    reads: null,
    events: request.events,
    http_status: null,
    finish_reason: null,
    prompt_tokens: request.prompt_tokens,
    output_tokens: request.output_tokens,
    cached_tokens: null,
    failure: request.error === null ? null : "reported",
    error: request.error,
  } satisfies RequestRecord;
}
