/** Which requests kept the limits of an SLO. Failures keep none (method note 1.4). */
import type { Search, Slo, SloMetric } from "@/config/search_schema.ts";
import { e2eMs, eventGapsMs, type TimedRequest, tpotMs, ttftMs } from "./request_metrics.ts";

/** How many of a probe's requests kept one condition, and which share has to. */
export interface Kept {
  /** `all`: every limit at once. */
  condition: "all" | SloMetric;
  share: number;
  kept: number;
}

/** A limit of the gaps between events needs the token times. */
type SloRequest = TimedRequest & { token_ms?: number[] };

const VALUES: Record<SloMetric, (record: SloRequest) => number | null> = {
  ttft_ms: ttftMs,
  tpot_ms: tpotMs,
  e2e_ms: e2eMs,
  largest_gap_ms: (record) =>
    eventGapsMs(record.token_ms ?? []).reduce((most, gap) => Math.max(most, gap), 0),
};

/** A condition, and whether each request kept it. */
type KeptEach = Omit<Kept, "kept"> & { each: boolean[] };

/**
 * One condition for all limits together, and one for each limit that has a share of its own. The limits
 * are taken `scale` times as large.
 */
export function keptEach(
  records: readonly SloRequest[],
  { slo, target }: Pick<Search, "slo" | "target">,
  scale = 1,
): KeptEach[] {
  const limits = Object.entries(slo) as [SloMetric, NonNullable<Slo[SloMetric]>][];
  const keeps = (record: SloRequest, metric: SloMetric, limit: NonNullable<Slo[SloMetric]>) => {
    const most = typeof limit === "number" ? limit : limit.max;
    // A time per token that one token leaves undefined breaks no limit.
    return record.failure === null && (VALUES[metric](record) ?? 0) <= scale * most;
  };
  const own = limits.flatMap(([metric, limit]): KeptEach[] => {
    if (typeof limit === "number" || limit.p === undefined) return [];
    const each = records.map((record) => keeps(record, metric, limit));
    return [{ condition: metric, share: limit.p, each }];
  });
  const all = records.map((record) =>
    limits.every(([metric, limit]) => keeps(record, metric, limit))
  );
  return [{ condition: "all", share: target, each: all }, ...own];
}

/** How many kept each condition, in the order of `keptEach`. */
export function keptCounts(
  records: readonly SloRequest[],
  search: Pick<Search, "slo" | "target">,
): Kept[] {
  return keptEach(records, search).map(({ each, ...condition }) => ({
    ...condition,
    kept: each.filter(Boolean).length,
  }));
}

/** The limits in words, e.g. `TTFT ≤ 500 ms (p90), TPOT ≤ 50 ms`. */
export function sloText(slo: Slo): string {
  const names: Record<SloMetric, string> = {
    ttft_ms: "TTFT",
    tpot_ms: "TPOT",
    e2e_ms: "end-to-end latency",
    largest_gap_ms: "largest gap",
  };
  return (Object.entries(slo) as [SloMetric, NonNullable<Slo[SloMetric]>][])
    .map(([metric, limit]) => {
      const { max, p } = typeof limit === "number" ? { max: limit, p: undefined } : limit;
      return `${names[metric]} ≤ ${max} ms${p === undefined ? "" : ` (p${100 * p})`}`;
    }).join(", ");
}
