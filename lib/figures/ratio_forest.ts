/** Ratios between entries with their intervals, on a log axis with 1 marked. */
import * as Plot from "@observablehq/plot";
import { levelValue, loadAxis, loadText } from "@/analysis/load_axis.ts";
import { METRICS } from "@/analysis/metrics.ts";
import type { MetricName } from "@/analysis/metrics.ts";
import type { Comparison } from "@/analysis/summary_row.ts";
import { drawPanel, joinPanels, numberAxis } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, labelWidth } from "./figure.ts";
import type { Figure, FigureOptions, FigureTable } from "./figure.ts";
import { COLOURS } from "./palette.ts";
import { counted, inSentence, ratioText } from "@/analysis/number_text.ts";
import { ratioScale } from "./scales.ts";

export type ComparedMetric = Comparison["metric"];

interface Line {
  key: string;
  /** Null on a line that only names the pair below it. */
  comparison: Comparison | null;
  left: string;
  right: string;
}

const LINE_HEIGHT = 22;
const PLOT_WIDTH = 250;
const MARGIN_LEFT = 112;

/** A compared metric in words, with its percentile, e.g. `TTFT p50`. */
export function comparedLabel(metric: ComparedMetric): string {
  const [name, percentile] = metric.split(/_(?=p50$)/);
  return [METRICS[name as MetricName].label, percentile].filter(Boolean).join(" ");
}

/** Which direction of a compared metric is the better one. */
export function comparedBetter(metric: ComparedMetric): "lower" | "higher" {
  return metric === "output_tokens_per_s" ? "higher" : "lower";
}

/**
 * Draws the comparisons of one metric, a line for each pair and level: the ratio as a dot, its 95 %
 * interval as a line. Null when there is none. Throws when real and simulated ones are mixed.
 */
export function ratioForest(
  comparisons: Comparison[],
  metric: ComparedMetric,
  options: FigureOptions = {},
): Figure | null {
  const rows = comparisons.filter((row) => row.metric === metric);
  if (rows.every((row) => row.ratio === null)) return null;
  const simulated = rows[0]!.simulated;
  if (rows.some((row) => row.simulated !== simulated)) {
    throw new Error("a figure got real and simulated comparisons together; pass them separately");
  }
  const label = comparedLabel(metric);
  const id = figureId(options, `ratio-${metric.replaceAll("_", "-")}`);
  const title = figureTitle(`${label}: ratios`, simulated, options);
  const finding = findingOf(rows, inSentence(label));
  return {
    id,
    title,
    finding,
    how_to_read: `Dot: the first entry's ${
      inSentence(label)
    } divided by the second's; line: 95 % interval over paired launches. ${
      comparedBetter(metric) === "higher"
        ? "Right of 1 the first is faster."
        : "Left of 1 the first is faster."
    } Where the line crosses 1, no difference is seen.`,
    missing: missingOf(rows),
    ...draw(id, title, finding, linesOf(rows)),
    alt: altText(title, finding),
    table: tableOf(rows),
  };
}

function linesOf(rows: Comparison[]): Line[] {
  const pairs = Map.groupBy(rows, (row) => pairLabel(row));
  return [...pairs].flatMap(([pair, members]) => [
    { key: pair, comparison: null, left: pair, right: "" },
    ...members.toSorted((a, b) => levelValue(a) - levelValue(b)).map((row) => ({
      key: `${pair} ${row.load}`,
      comparison: row,
      left: loadText(row),
      right: row.ratio === null ? "not comparable" : intervalText(row),
    })),
  ]);
}

function pairLabel(row: Comparison): string {
  return `${entryLabel(row.a, row.simulated)} / ${entryLabel(row.b, row.simulated)}`;
}

function intervalText(row: Comparison): string {
  return row.low === null || row.high === null
    ? `${ratioText(row.ratio)} (no interval)`
    : `${ratioText(row.ratio)} (${ratioText(row.low)} to ${ratioText(row.high)})`;
}

function draw(id: string, title: string, finding: string, lines: Line[]) {
  const marginRight = Math.max(...lines.map((line) => labelWidth(line.right))) + 14;
  const width = Math.max(
    MARGIN_LEFT + PLOT_WIDTH + marginRight,
    ...lines.map((line) => labelWidth(line.left) + 20),
  );
  const height = lines.length * LINE_HEIGHT + 46;
  const values = lines.flatMap(({ comparison }) =>
    [comparison?.ratio, comparison?.low, comparison?.high].filter((v) => v != null)
  );
  const x = ratioScale(values, width - MARGIN_LEFT - marginRight);
  const panel = drawPanel(id, {
    width,
    height,
    marginLeft: MARGIN_LEFT,
    marginRight,
    marginTop: 4,
    marginBottom: 42,
    x: { type: x.type, domain: x.domain, axis: null },
    y: { type: "band", domain: lines.map((line) => line.key), axis: null, padding: 0 },
    marks: [
      numberAxis("x", x.ticks),
      ...ratioMarks(lines),
      ...sideTexts(lines),
      Plot.text(["first / second, log scale"], { frameAnchor: "bottom", dy: 36 }),
    ],
  });
  return joinPanels({ id, title, description: finding, width }, [{ panel, heading: null, height }]);
}

function ratioMarks(lines: Line[]): Plot.Markish[] {
  const drawn = lines.filter((line) => line.comparison?.ratio != null);
  return [
    Plot.tickX(lines.filter((line) => line.comparison !== null), {
      x: 1,
      y: "key",
      stroke: "currentColor",
      strokeDasharray: "3 2",
    }),
    Plot.link(drawn.filter((line) => line.comparison!.low !== null), {
      x1: (line: Line) => line.comparison!.low,
      x2: (line: Line) => line.comparison!.high,
      y1: "key",
      y2: "key",
      stroke: COLOURS[0],
      strokeWidth: 2,
    }),
    Plot.dot(drawn, {
      x: (line: Line) => line.comparison!.ratio,
      y: "key",
      fill: COLOURS[0],
      r: 4,
      title: (line: Line) => line.comparison!.sentence,
    }),
  ];
}

function sideTexts(lines: Line[]): Plot.Markish[] {
  const side = { y: "key", textAnchor: "start", text: "left", frameAnchor: "left" } as const;
  return [
    Plot.text(lines.filter((line) => line.comparison === null), {
      ...side,
      fontWeight: "600",
      dx: 2 - MARGIN_LEFT,
    }),
    Plot.text(lines.filter((line) => line.comparison !== null), { ...side, dx: 14 - MARGIN_LEFT }),
    Plot.text(lines, { ...side, frameAnchor: "right", text: "right", dx: 8 }),
  ];
}

function findingOf(rows: Comparison[], label: string): string {
  const known = rows.filter((row) => row.ratio !== null);
  const clear = known.filter((row) => row.low !== null && (row.low > 1 || row.high! < 1));
  const farthest = known.toSorted((a, b) =>
    Math.abs(Math.log(b.ratio!)) - Math.abs(Math.log(a.ratio!))
  )[0]!;
  return `${clear.length} of ${
    counted(known.length, "interval")
  } of the ${label} ratio leave out 1; the ratio farthest from 1 is ${ratioText(farthest.ratio)} (${
    pairLabel(farthest)
  } at ${loadText(farthest)}).`;
}

function missingOf(rows: Comparison[]): string[] {
  return rows.filter((row) => row.ratio === null)
    .map((row) => `${pairLabel(row)} at ${loadText(row)}: not comparable.`);
}

function tableOf(rows: Comparison[]): FigureTable {
  const axis = loadAxis(rows);
  return {
    columns: [
      { key: "pair", label: "First / second", unit: null, decimals: null },
      axis.column,
      { key: "ratio", label: "Ratio", unit: null, decimals: 3 },
      { key: "low", label: "95 % from", unit: null, decimals: 3 },
      { key: "high", label: "95 % to", unit: null, decimals: 3 },
      { key: "launches", label: "Launches of each", unit: null, decimals: 0 },
      { key: "verdict", label: "Seen", unit: null, decimals: null },
    ],
    rows: rows.map((row) => ({
      pair: pairLabel(row),
      [axis.column.key]: levelValue(row),
      ratio: row.ratio,
      low: row.low,
      high: row.high,
      launches: row.launches,
      verdict: row.verdict.replace(/^a /, "first "),
    })),
  };
}
