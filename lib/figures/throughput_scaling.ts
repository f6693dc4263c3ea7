/** Output throughput against concurrency or offered rate. */
import { levelValue, loadAxis, loadText } from "@/analysis/load_axis.ts";
import { METRICS } from "@/analysis/metrics.ts";
import type { LevelRow } from "@/analysis/summary_row.ts";
import { joinPanels } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, oneComparison } from "./figure.ts";
import type { Figure, FigureOptions, FigureTable } from "./figure.ts";
import { labelMargin, levelPanel, MARGIN_LEFT, panelHeight } from "./level_panel.ts";
import type { Point } from "./level_panel.ts";
import { counted, listed, metricText, metricWithUnit } from "@/analysis/number_text.ts";
import { zeroScale } from "./scales.ts";

const METRIC = "output_tokens_per_s";

/**
 * Draws output tokens per second by concurrency or offered rate, zero-based: median over launches with the smallest
 * and largest launch. Null when no row has a value. Rows must be of one workload, all real or all
 * simulated.
 */
export function throughputScaling(rows: LevelRow[], options: FigureOptions = {}): Figure | null {
  const { simulated, entries, styles } = oneComparison(rows, options);
  const series = entries.map((entry) => ({
    entry,
    label: entryLabel(entry, simulated),
    style: styles.get(entry)!,
    points: points(rows.filter((row) => row.engine === entry)),
  }));
  const values = series.flatMap((s) => s.points.flatMap((p) => [p.value, p.high ?? p.value]));
  if (values.length === 0) return null;

  const id = figureId(options, "throughput");
  const title = figureTitle(`Output throughput by ${loadAxis(rows).name}`, simulated, options);
  const finding = findingOf(series);
  const marginRight = labelMargin(series.map((s) => s.label));
  const width = MARGIN_LEFT + 270 + marginRight;
  const height = panelHeight(series.length, true) + 80;
  const panel = levelPanel({
    className: id,
    series,
    levels: rows.map(levelValue),
    y: zeroScale(values),
    width,
    height,
    marginRight,
    xLabel: loadAxis(rows).label,
  });
  const heading = `${METRICS[METRIC].label}, ${METRICS[METRIC].unit}`;
  return {
    id,
    title,
    finding,
    how_to_read:
      "Higher is better. Dot: median over launches; thick line: smallest to largest launch. Where a line is flat, more users brought no more output.",
    missing: missingOf(rows),
    ...joinPanels({ id, title, description: finding, width }, [{ panel, heading, height }]),
    alt: altText(title, finding),
    table: tableOf(rows),
  };
}

function points(rows: LevelRow[]): Point[] {
  return rows.toSorted((a, b) => levelValue(a) - levelValue(b)).flatMap((row) => {
    const spread = row[METRIC];
    if (spread === null) return [];
    return [{
      level: levelValue(row),
      load: loadText(row),
      value: spread.median,
      low: spread.low,
      high: spread.high,
      tooltip: `${entryLabel(row.engine, row.simulated)}, ${loadText(row)}: ${
        metricWithUnit(METRIC, spread.median)
      } (${metricText(METRIC, spread.low)} to ${metricText(METRIC, spread.high)} over ${
        counted(row.launches, "launch", "launches")
      })`,
    }];
  });
}

function findingOf(series: { label: string; points: Point[] }[]): string {
  const drawn = series.filter((s) => s.points.length > 0)
    .sort((a, b) => b.points.at(-1)!.value - a.points.at(-1)!.value);
  const shown = drawn.length <= 4 ? drawn : [drawn[0]!, drawn.at(-1)!];
  const parts = shown.map(({ label, points }) => {
    const [first, last] = [points[0]!, points.at(-1)!];
    return first === last
      ? `${metricWithUnit(METRIC, last.value)} at ${last.level} for ${label}`
      : `from ${metricText(METRIC, first.value)} (${first.load}) to ${
        metricWithUnit(METRIC, last.value)
      } (${last.level}) for ${label}`;
  });
  const rest = drawn.length > shown.length ? ` (highest and lowest of ${drawn.length})` : "";
  return `Output throughput went ${listed(parts)}${rest}.`.replace(/went (?=\d)/, "was ");
}

function missingOf(rows: LevelRow[]): string[] {
  const without = rows.filter((row) => row[METRIC] === null)
    .map((row) => `${row.engine} at ${levelValue(row)}`);
  return without.length === 0 ? [] : [`No throughput for ${listed(without)}.`];
}

function tableOf(rows: LevelRow[]): FigureTable {
  const axis = loadAxis(rows);
  const { unit, decimals } = METRICS[METRIC];
  return {
    columns: [
      axis.column,
      { key: "engine", label: "Engine", unit: null, decimals: null },
      { key: "median", label: "Output throughput", unit, decimals },
      { key: "low", label: "Smallest launch", unit, decimals },
      { key: "high", label: "Largest launch", unit, decimals },
      { key: "launches", label: "Launches", unit: null, decimals: 0 },
    ],
    rows: rows.toSorted((a, b) => levelValue(a) - levelValue(b)).map((row) => ({
      [axis.column.key]: levelValue(row),
      engine: entryLabel(row.engine, row.simulated),
      median: row[METRIC]?.median ?? null,
      low: row[METRIC]?.low ?? null,
      high: row[METRIC]?.high ?? null,
      launches: row.launches,
    })),
  };
}
