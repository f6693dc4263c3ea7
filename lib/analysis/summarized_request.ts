/** What a trial's row and its gates look at in a request: one place for the columns that are read. */
import type { RequestRow } from "@/records/trial_requests.ts";

/** Each is read for every request of a run; a gate or a column that needs another one adds it here. */
export const SUMMARIZED_COLUMNS = [
  "phase",
  "scheduled_ms",
  "sent_ms",
  "first_token_ms",
  "last_token_ms",
  "end_ms",
  "in_flight",
  "max_tokens",
  "prompt_tokens",
  "output_tokens",
  "failure",
  "error",
  "asked_prompt_tokens",
  "cached_tokens",
  "reads",
  "events",
] as const satisfies (keyof RequestRow)[];

export type SummarizedRequest = Pick<RequestRow, (typeof SUMMARIZED_COLUMNS)[number]>;
