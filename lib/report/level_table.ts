/** The table of a comparison: engines by level of load, with the best of each level said in words. */
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
export function levelTable(levels: LevelRow[], id: string, said: string): ReportTable {
  const { name, column } = loadAxis(levels);
  const rows = levels.toSorted((a, b) => levelValue(a) - levelValue(b));
  const own = rows.every(({ measured_by }) => measured_by === MEASURED_HERE);
  return {
    id,
    caption:
      `Medians over launches${said}, with the smallest and largest launch below. “best” marks a value where every launch of the entry was better than every launch of the others at that ${name}.`,
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
      numberColumn("Requests", "failed"),
      textColumn("Verdict"),
    ],
    rows: rows.map((row) => [
      numberCell(fixed(levelValue(row), column.decimals), levelValue(row)),
      textCell(row.simulated ? `${row.engine} (simulated)` : row.engine),
      ...(own ? [] : [textCell(row.measured_by)]),
      ...COLUMNS.map((column) => spreadCell(row, rows, column)),
      { ...numberCell(fixed(row.requests, 0), row.requests), note: `${row.failed} failed` },
      textCell(row.verdict),
    ]),
  };
}

function spreadCell(row: LevelRow, rows: LevelRow[], column: Column): ReportCell {
  const spread = row[column.key];
  if (spread === null) return numberCell("–", null);
  const { metric } = column;
  return {
    text: metricText(metric, spread.median),
    note: row.launches < 2
      ? row.measured_by === MEASURED_HERE ? "1 launch" : "1 file"
      : `${metricText(metric, spread.low)} to ${metricText(metric, spread.high)}`,
    mark: isBest(row, rows, column) ? "best" : null,
    sort: shown(metric, spread.median),
  };
}

// Medians alone would crown an entry whose launches overlap with the others'.
function isBest(row: LevelRow, rows: LevelRow[], { key, metric }: Column): boolean {
  const rivals = rows.filter((other) =>
    other.load === row.load && other.verdict !== "INVALID" && other[key] !== null
  );
  if (rivals.length < 2 || !rivals.includes(row)) return false;
  if (rivals.some((rival) => rival.launches < 2)) return false;
  // Nothing is known of how imported repeats were launched, so none of them is crowned.
  if (rivals.some((rival) => rival.measured_by !== MEASURED_HERE)) return false;
  const mine = row[key] as Spread;
  return rivals.filter((rival) => rival !== row).every((rival) => {
    const other = rival[key] as Spread;
    return METRICS[metric].better === "higher" ? mine.low > other.high : mine.high < other.low;
  });
}
