/** A trial's latency quantiles, with how many independent requests stand behind them. */
import { quantile } from "simple-statistics";
import type { SummarizedRequest } from "./summarized_request.ts";
import { e2eMs, tpotMs, ttftFromSendMs, ttftMs } from "./request_metrics.ts";
import { effectiveSampleSize } from "./statistics/effective_sample_size.ts";
import { smallestSample } from "./statistics/order_statistics.ts";
import { carriedQuantile } from "./statistics/quantiles.ts";
import { MEASURED_HERE, type SummaryRow } from "./summary_row.ts";

/** A p99 needs this many requests of each launch (method note 0b H). */
export const P99_REQUESTS_A_LAUNCH = 100;
/** And so many effective ones over all launches: the fewest for any two-sided 95 % interval. */
export const P99_EFFECTIVE = smallestSample(0.99);

/** Quantiles of the measured requests, failed ones as infinitely slow. */
export function trialLatencies(measured: readonly SummarizedRequest[]) {
  const sent = measured.toSorted((a, b) => a.sent_ms - b.sent_ms);
  const ttft = known(sent.map(ttftMs));
  const tpot = known(sent.map(tpotMs));
  const e2e = known(sent.map(e2eMs));
  return {
    ttft_ms_p50: carriedQuantile(ttft, 0.5),
    ttft_ms_p90: carriedQuantile(ttft, 0.9),
    ttft_ms_p99: p99(ttft),
    ttft_from_send_ms_p50: carriedQuantile(known(sent.map(ttftFromSendMs)), 0.5),
    tpot_ms_p50: carriedQuantile(tpot, 0.5),
    tpot_ms_p90: carriedQuantile(tpot, 0.9),
    tpot_ms_p99: p99(tpot),
    e2e_ms_p50: carriedQuantile(e2e, 0.5),
    e2e_ms_p90: carriedQuantile(e2e, 0.9),
    e2e_ms_p99: p99(e2e),
    ttft_n_eff: effective(ttft),
    tpot_n_eff: effective(tpot),
    e2e_n_eff: effective(e2e),
  };
}

function known(values: (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function p99(values: readonly number[]): number | null {
  if (values.length < P99_REQUESTS_A_LAUNCH) return null;
  const value = quantile([...values], 0.99);
  return Number.isFinite(value) ? value : null;
}

function effective(values: readonly number[]): number | null {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? null : effectiveSampleSize(finite).n_eff;
}

const TAILS = {
  ttft_ms_p99: "ttft_n_eff",
  tpot_ms_p99: "tpot_n_eff",
  e2e_ms_p99: "e2e_n_eff",
} as const;

/**
 * The rows without each p99 that too little stands behind: over the launches of an entry at a load,
 * every one needs 100 requests and all together 368 effective ones (method note 0b H).
 */
export function withCarriedTails(rows: readonly SummaryRow[]): SummaryRow[] {
  const cellOf = (row: SummaryRow) =>
    JSON.stringify([row.engine, row.workload, row.load, row.role]);
  const cells = Map.groupBy(rows, cellOf);
  return rows.map((row) => {
    // Of a file of percentiles only the tool's own rule is known.
    if (row.measured_by !== MEASURED_HERE) return row;
    const launches = cells.get(cellOf(row))!.filter(({ verdict }) => verdict !== "INVALID");
    const few = launches.some(({ requests }) => requests < P99_REQUESTS_A_LAUNCH);
    const kept = { ...row };
    for (const [tail, n_eff] of Object.entries(TAILS) as [keyof typeof TAILS, "ttft_n_eff"][]) {
      const pooled = launches.reduce((sum, launch) => sum + (launch[n_eff] ?? 0), 0);
      if (few || pooled < P99_EFFECTIVE) kept[tail] = null;
    }
    return kept;
  });
}
