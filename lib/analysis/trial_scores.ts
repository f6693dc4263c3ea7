/** From trials to scores: what a trial's failure means for a comparison (method note 0b A). */
import type { ComparedMetric } from "./compared_metrics.ts";
import { COMPARED } from "./compared_metrics.ts";
import { scoreOf, type Scores } from "./pair_intervals.ts";
import type { Gate, SummaryRow } from "./summary_row.ts";

/** Whose fault it is that a trial's numbers cannot be used; null where they can. */
export function faultOf({ verdict, gates }: SummaryRow): Gate["cause"] | null {
  if (verdict !== "INVALID") return null;
  const causes = gates.filter(({ pass, fails_to }) => !pass && fails_to === "INVALID")
    .map(({ cause }) => cause);
  // A server that dies also empties the client's hands, so its own failure comes first.
  return causes.includes("server") ? "server" : causes[0] ?? "environment";
}

/** All entries at one workload and load. */
export interface ScoredCell {
  entries: string[];
  blocks: number[];
  scores: Scores;
  /** Blocks that count for no entry, since client or environment spoilt a trial in them. */
  lost: number[];
}

/**
 * Scores of `rows` on `metric`. A server's failure is its outcome: infinite latency, no throughput. A
 * block that client or environment spoilt for one entry is lost for every entry; an entry that was
 * never measured here takes no block from the others.
 */
export function scoredCell(
  rows: readonly SummaryRow[],
  value: (row: SummaryRow) => number | null,
  metric: ComparedMetric,
): ScoredCell {
  const entries = [...new Set(rows.map(({ engine }) => engine))];
  const blocks = [...new Set(rows.map(({ block }) => block))].sort((a, b) => a - b);
  const measured = new Set(
    rows.filter((row) => faultOf(row) === null || faultOf(row) === "server").map((r) => r.engine),
  );
  const lost = blocks.filter((block) =>
    rows.some((row) =>
      row.block === block && measured.has(row.engine) && (faultOf(row) ?? "server") !== "server"
    )
  );
  const cells = new Map(rows.map((row) => [`${row.block} ${row.engine}`, row]));
  const scores = entries.map((entry) =>
    blocks.map((block) => {
      const row = cells.get(`${block} ${entry}`);
      return row === undefined || lost.includes(block) ? null : score(row, value(row), metric);
    })
  );
  return { entries, blocks, scores, lost };
}

function score(row: SummaryRow, value: number | null, metric: ComparedMetric): number | null {
  const fault = faultOf(row);
  if (fault === "server") return -Infinity;
  const { better } = COMPARED[metric];
  if (fault !== null || value === null || (better === "lower" && value <= 0)) return null;
  return scoreOf(value, better);
}
