/** The table of a comparison: engines by level of load, with letters for those that can be told apart. */
import type { Comparison } from "@/analysis/comparison_row.ts";
import { entryGroups } from "@/analysis/entry_groups.ts";
import { levelValue, loadAxis } from "@/analysis/load_axis.ts";
import { METRICS } from "@/analysis/metrics.ts";
import type { MetricName } from "@/analysis/metrics.ts";
import { type LevelRow, MEASURED_HERE, type Spread } from "@/analysis/summary_row.ts";
import { fixed, metricText, shown } from "@/analysis/number_text.ts";
import { numberCell, numberColumn, textCell, textColumn } from "./report_blocks.ts";
import type { ReportCell, ReportTable } from "./report_blocks.ts";

const COLUMNS = [
  { key: "output_tokens_per_s", metric: "output_tokens_per_s", percentile: "" },
  { key: "ttft_ms_p50", metric: "ttft_ms", percentile: " p50" },
  { key: "ttft_ms_p90", metric: "ttft_ms", percentile: " p90" },
  { key: "tpot_ms_p50", metric: "tpot_ms", percentile: " p50" },
  { key: "e2e_ms_p50", metric: "e2e_ms", percentile: " p50" },
] as const satisfies { key: keyof LevelRow; metric: MetricName; percentile: string }[];

type Column = typeof COLUMNS[number];

/** Labels that would make a column too wide. */
const SHORT: Partial<Record<MetricName, string>> = { e2e_ms: "End-to-end" };

/** One row for each level of one family of loads and entry; `said` is added to the caption, e.g. ` (simulated)`. */
export function levelTable(
  levels: LevelRow[],
  comparisons: readonly Comparison[],
  id: string,
  said: string,
): ReportTable {
  const { column } = loadAxis(levels);
  const rows = levels.toSorted((a, b) => levelValue(a) - levelValue(b));
  const withSlo = rows.some(({ attainment }) => attainment !== null);
  const own = rows.every(({ measured_by }) => measured_by === MEASURED_HERE);
  return {
    id,
    caption:
      `Medians over launches${said}, with the smallest and largest launch below. Where entries were compared, letters stand before the value: two entries that share one cannot be told apart at that load.`,
    columns: [
      column.unit === null ? numberColumn(column.label) : numberColumn(column.label, column.unit),
      textColumn("Engine"),
      ...(own ? [] : [textColumn("Measured by")]),
      ...COLUMNS.map(({ metric, percentile }) => {
        const { label, unit, better } = METRICS[metric];
        return numberColumn(
          `${SHORT[metric] ?? label}${percentile}`,
          `${unit}, ${better} is better`,
        );
      }),
      ...(withSlo ? [numberColumn(METRICS.attainment.label, "%, higher is better")] : []),
      numberColumn("Requests", "failed"),
      textColumn("Verdict"),
    ],
    rows: rows.map((row) => [
      numberCell(fixed(levelValue(row), column.decimals), levelValue(row)),
      textCell(row.simulated ? `${row.engine} (simulated)` : row.engine),
      ...(own ? [] : [textCell(row.measured_by)]),
      ...COLUMNS.map((column) => spreadCell(row, comparisons, column)),
      ...(withSlo ? [attainmentCell(row)] : []),
      { ...numberCell(fixed(row.requests, 0), row.requests), note: `${row.failed} failed` },
      textCell(row.verdict),
    ]),
  };
}

function spreadCell(
  row: LevelRow,
  comparisons: readonly Comparison[],
  column: Column,
): ReportCell {
  const spread = row[column.key];
  if (spread === null) return numberCell("–", null);
  const { metric } = column;
  return {
    text: metricText(metric, spread.median),
    note: rangeNote(row, spread, (value) => metricText(metric, value)),
    mark: lettersOf(row, comparisons, column),
    sort: shown(metric, spread.median),
  };
}

/** Share of the requests that kept the SLO; a failed one did not. */
function attainmentCell(row: LevelRow): ReportCell {
  const { attainment } = row;
  if (attainment === null) return numberCell("–", null);
  const percent = (share: number) => fixed(100 * share, 1);
  const cell = numberCell(percent(attainment.median), attainment.median);
  return { ...cell, note: rangeNote(row, attainment, percent) };
}

/** Smallest and largest launch. */
function rangeNote(row: LevelRow, { low, high }: Spread, text: (value: number) => string): string {
  if (row.launches < 2) return row.measured_by === MEASURED_HERE ? "1 launch" : "1 file";
  return `${text(low)} to ${text(high)}`;
}

/** Letters of the entries of a column at a load; null where the column was not compared. */
function lettersOf(
  row: LevelRow,
  comparisons: readonly Comparison[],
  { key }: Column,
): string | null {
  const pairs = comparisons.filter(({ metric, load, verdict }) =>
    metric === key && load === row.load && verdict !== "not comparable"
  );
  return entryGroups(pairs).find(({ entry }) => entry === row.engine)?.letters ?? null;
}
