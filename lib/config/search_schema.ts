/** The form of `benchmark.search`: for which limits the largest load is looked for. */
import { z } from "zod";

const positive = z.number().positive();
const share = z.number().gt(0).lt(1);

/**
 * A limit in milliseconds that each request must keep. With `p`, that share of the requests must
 * keep it whatever the other limits do; without, it counts only for the requests that keep all.
 */
const limit = z.union([positive, z.strictObject({ p: share.optional(), max: positive })]);

export const sloSchema = z.strictObject({
  ttft_ms: limit.optional(),
  tpot_ms: limit.optional(),
  e2e_ms: limit.optional(),
  /** Longest wait between two events with text within a request. */
  largest_gap_ms: limit.optional(),
}).refine((limits) => Object.keys(limits).length > 0, "expected at least one limit");

/** Looks at a growing sample of one rate; each spends a third of the error (method note 3.5). */
export const LOOKS = 3;
/** Error of one probe's verdict, over all its looks. */
export const PROBE_ERROR = 0.05;

export const searchSchema = z.strictObject({
  slo: sloSchema,
  /** Share of the requests that must keep every limit. */
  target: share.default(0.9),
  start_rate_per_s: positive,
  max_rate_per_s: positive,
  /** Most requests spent on one rate; a verdict may come earlier. */
  n_max: z.int().min(1).default(300),
}).refine((search) => search.start_rate_per_s <= search.max_rate_per_s, {
  path: ["start_rate_per_s"],
  message: "is above max_rate_per_s",
}).refine((search) => search.n_max >= fewestToPass(search), {
  path: ["n_max"],
  message:
    "is too small for any rate to pass; a share of 0.9 needs 39 requests that all keep the " +
    "limits, 0.95 needs 80, 0.99 needs 408",
});

export type Search = z.infer<typeof searchSchema>;
export type Slo = z.infer<typeof sloSchema>;
export type SloMetric = keyof Slo;

/** Requests that a look needs to pass when none of them misses: ln(error / looks) / ln(share). */
export function fewestToPass({ slo, target }: { slo: Slo; target: number }): number {
  const shares = Object.values(slo).map((each) =>
    typeof each === "object" ? each.p ?? target : target
  );
  return Math.ceil(Math.log(PROBE_ERROR / LOOKS) / Math.log(Math.max(target, ...shares)));
}
