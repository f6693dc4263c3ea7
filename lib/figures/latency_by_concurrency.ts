/** A latency metric by concurrency or offered rate, one panel for each percentile. */
import { levelValue, loadAxis, loadText } from "@/analysis/load_axis.ts";
import { METRICS } from "@/analysis/metrics.ts";
import type { LevelRow, Spread } from "@/analysis/summary_row.ts";
import { joinPanels } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, oneComparison } from "./figure.ts";
import type { Figure, FigureOptions, FigureTable } from "./figure.ts";
import { labelMargin, levelPanel, MARGIN_LEFT, panelHeight } from "./level_panel.ts";
import type { Series } from "./level_panel.ts";
import { counted, inSentence, listed, metricText, metricWithUnit } from "@/analysis/number_text.ts";
import { valueScale } from "./scales.ts";

export type LatencyMetric = "ttft_ms" | "tpot_ms" | "e2e_ms";
type Percentile = "p50" | "p90" | "p99";

const HEADINGS: Record<Percentile, string> = {
  p50: "p50 (half of the requests were faster)",
  p90: "p90 (nine of ten were faster)",
  p99: "p99 of all launches together",
};

/**
 * Draws p50 and p90 (median over launches, with the smallest and largest launch), and p99 over all
 * launches' requests where any level has enough of them. Null when no row has a value. All panels
 * share one scale in the metric's unit. Rows must be of one workload, all real or all simulated.
 */
export function latencyByConcurrency(
  rows: LevelRow[],
  metric: LatencyMetric,
  options: FigureOptions = {},
): Figure | null {
  const { simulated, entries, styles } = oneComparison(rows, options);
  const percentiles = (["p50", "p90", "p99"] as const)
    .filter((percentile) => rows.some((row) => cell(row, metric, percentile) !== null));
  if (percentiles.length === 0) return null;

  const series = (percentile: Percentile): Series[] =>
    entries.map((entry) => ({
      label: entryLabel(entry, simulated),
      style: styles.get(entry)!,
      points: points(rows.filter((row) => row.engine === entry), metric, percentile),
    }));
  const { label, unit } = METRICS[metric];
  const id = figureId(options, metric.replace("_ms", ""));
  const title = figureTitle(`${label} by ${loadAxis(rows).name}`, simulated, options);
  const finding = findingOf(rows, metric, percentiles[0]!);
  const drawn = drawPanels(
    id,
    rows,
    percentiles.map((p) => ({ percentile: p, series: series(p) })),
    {
      title,
      unit,
      finding,
    },
  );
  return {
    id,
    title,
    finding,
    how_to_read:
      "Lower is better. Dot: median over launches; thick line: smallest to largest launch. All panels share one scale.",
    missing: missingOf(rows, metric, percentiles),
    ...drawn,
    alt: altText(title, finding),
    table: tableOf(rows, metric, percentiles),
  };
}

function drawPanels(
  id: string,
  rows: LevelRow[],
  panels: { percentile: Percentile; series: Series[] }[],
  words: { title: string; unit: string; finding: string },
) {
  const all = panels.flatMap((panel) => panel.series);
  const y = valueScale(
    all.flatMap((s) => s.points.flatMap((p) => [p.low ?? p.value, p.value, p.high ?? p.value])),
  );
  const marginRight = labelMargin(all.map((s) => s.label));
  const width = MARGIN_LEFT + 270 + marginRight;
  const levels = rows.map(levelValue);
  const scale = y.type === "log" ? ", log scale" : "";
  return joinPanels(
    { id, title: words.title, description: words.finding, width },
    panels.map(({ percentile, series }, i) => {
      const xLabel = i === panels.length - 1 ? loadAxis(rows).label : null;
      const height = panelHeight(series.length, xLabel !== null);
      return {
        heading: `${HEADINGS[percentile]}, ${words.unit}${scale}`,
        height,
        panel: levelPanel({
          className: id,
          series,
          levels,
          y,
          width,
          height,
          marginRight,
          xLabel,
        }),
      };
    }),
  );
}

function cell(row: LevelRow, metric: LatencyMetric, percentile: Percentile): Spread | null {
  if (percentile !== "p99") return row[`${metric}_${percentile}`];
  const { p99 } = row.pooled[metric];
  return p99 === null ? null : { median: p99, low: p99, high: p99 };
}

function points(rows: LevelRow[], metric: LatencyMetric, percentile: Percentile) {
  return rows.toSorted((a, b) => levelValue(a) - levelValue(b)).flatMap((row) => {
    const spread = cell(row, metric, percentile);
    if (spread === null) return [];
    const pooled = percentile === "p99";
    const range = pooled
      ? `${row.pooled[metric].n} requests`
      : `${metricText(metric, spread.low)} to ${metricText(metric, spread.high)} over ${
        counted(row.launches, "launch", "launches")
      }`;
    return [{
      level: levelValue(row),
      load: loadText(row),
      value: spread.median,
      low: pooled ? null : spread.low,
      high: pooled ? null : spread.high,
      tooltip: `${entryLabel(row.engine, row.simulated)}, ${loadText(row)}: ${
        METRICS[metric].label
      } ${percentile} ${metricWithUnit(metric, spread.median)} (${range})`,
    }];
  });
}

function findingOf(rows: LevelRow[], metric: LatencyMetric, percentile: Percentile): string {
  const level = Math.max(
    ...rows.filter((row) => cell(row, metric, percentile)).map(levelValue),
  );
  const at = loadText(rows.find((row) => levelValue(row) === level)!);
  const found = rows.filter((row) => levelValue(row) === level)
    .flatMap((row) => {
      const spread = cell(row, metric, percentile);
      return spread === null ? [] : [{ row, value: spread.median }];
    })
    .sort((a, b) => a.value - b.value)
    .map(({ row, value }) =>
      `${metricWithUnit(metric, value)} for ${entryLabel(row.engine, row.simulated)}`
    );
  const shown = found.length <= 4 ? found : [found[0]!, found.at(-1)!];
  const what = `${inSentence(METRICS[metric].label)} ${percentile}`;
  return `At ${at}, ${what} was ${listed(shown)}${
    found.length > shown.length ? ` (smallest and largest of ${found.length})` : ""
  }.`;
}

const P99_NEEDS = "it needs 368 requests at a level and 100 in each launch";

function missingOf(rows: LevelRow[], metric: LatencyMetric, drawn: Percentile[]): string[] {
  const said: string[] = [];
  const without = rows.filter((row) => row[`${metric}_p50`] === null);
  if (without.length > 0) {
    said.push(`No ${inSentence(METRICS[metric].label)} for ${listed(without.map(where))}.`);
  }
  const noP90 = rows.filter((row) =>
    row[`${metric}_p50`] !== null && row[`${metric}_p90`] === null
  );
  if (noP90.length > 0) {
    said.push(
      `p90 not shown for ${listed(noP90.map(where))}: it needs 36 requests in each launch.`,
    );
  }
  const few = rows.filter((row) => row.pooled[metric].p99 === null);
  if (!drawn.includes("p99")) said.push(`p99 not shown: ${P99_NEEDS}.`);
  else if (few.length > 0) {
    said.push(`p99 not shown for ${listed(few.map(where))}: ${P99_NEEDS}.`);
  }
  return said;
}

function where(row: LevelRow): string {
  return `${row.engine} at ${levelValue(row)}`;
}

function tableOf(rows: LevelRow[], metric: LatencyMetric, percentiles: Percentile[]): FigureTable {
  const axis = loadAxis(rows);
  const { unit, decimals } = METRICS[metric];
  const column = (key: string, label: string) => ({ key, label, unit, decimals });
  return {
    columns: [
      axis.column,
      { key: "engine", label: "Engine", unit: null, decimals: null },
      ...percentiles.flatMap((p) =>
        p === "p99" ? [column(p, "p99, all requests")] : [
          column(p, p),
          column(`${p}_low`, `${p} smallest launch`),
          column(`${p}_high`, `${p} largest launch`),
        ]
      ),
      { key: "launches", label: "Launches", unit: null, decimals: 0 },
      { key: "requests", label: "Requests", unit: null, decimals: 0 },
    ],
    rows: rows.toSorted((a, b) => levelValue(a) - levelValue(b)).map((row) => ({
      [axis.column.key]: levelValue(row),
      engine: entryLabel(row.engine, row.simulated),
      ...Object.fromEntries(percentiles.flatMap((p) => {
        const spread = cell(row, metric, p);
        const value = [p, spread?.median ?? null];
        return p === "p99"
          ? [value]
          : [value, [`${p}_low`, spread?.low ?? null], [`${p}_high`, spread?.high ?? null]];
      })),
      launches: row.launches,
      requests: row.requests,
    })),
  };
}
