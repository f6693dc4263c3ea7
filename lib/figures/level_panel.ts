/** One small drawing of a value by load: dots, ranges, lines and a label at each line's end. */
import * as Plot from "@observablehq/plot";
import { drawPanel, numberAxis, scaleOf } from "./document.ts";
import type { Panel } from "./document.ts";
import { labelWidth } from "./figure.ts";
import type { EntryStyle } from "./palette.ts";
import { dodge, levelScale } from "./scales.ts";
import type { AxisScale } from "./scales.ts";

export interface Point {
  /** Where it stands on the axis: users, or requests a second. */
  level: number;
  /** The load in words. */
  load: string;
  value: number;
  /** Smallest and largest launch; null when only one pooled value is known. */
  low: number | null;
  high: number | null;
  tooltip: string;
}

export interface Series {
  label: string;
  style: EntryStyle;
  points: Point[];
}

export interface LevelPanel {
  className: string;
  series: Series[];
  levels: number[];
  y: AxisScale;
  width: number;
  height: number;
  marginRight: number;
  /** What the axis is; null on all but the lowest of several panels. */
  xLabel: string | null;
}

export const MARGIN_LEFT = 60;
export const MARGIN_TOP = 6;
const MARGIN_BOTTOM = 24;
const X_LABEL_HEIGHT = 18;
const LABEL_GAP = 15;
const SERIES_STEP = 5;

/** Room right of the plot for the longest of the labels, in pixels. */
export function labelMargin(labels: string[]): number {
  return Math.max(...labels.map((label) => labelWidth(label)), 40) + 34;
}

/** Height of a panel that has room for as many labels. */
export function panelHeight(labels: number, xLabel: boolean): number {
  return Math.max(130, labels * LABEL_GAP + 20) + MARGIN_TOP + MARGIN_BOTTOM +
    (xLabel ? X_LABEL_HEIGHT : 0);
}

/** Draws the panel. */
export function levelPanel(spec: LevelPanel): Panel {
  const bare = drawPanel(spec.className, { ...frame(spec), marks: seriesMarks(spec) });
  return drawPanel(spec.className, {
    ...frame(spec),
    marks: [...seriesMarks(spec), ...labelMarks(spec, bare)],
  });
}

function frame(spec: LevelPanel): Plot.PlotOptions {
  const { width, height, marginRight } = spec;
  const x = xScale(spec);
  return {
    width,
    height,
    marginLeft: MARGIN_LEFT,
    marginRight,
    marginTop: MARGIN_TOP,
    marginBottom: MARGIN_BOTTOM + (spec.xLabel === null ? 0 : X_LABEL_HEIGHT),
    x: { type: x.type, domain: x.domain, axis: null },
    y: { type: spec.y.type, domain: spec.y.domain, axis: null },
  };
}

function xScale(spec: LevelPanel): AxisScale {
  return levelScale(spec.levels, spec.width - MARGIN_LEFT - spec.marginRight);
}

function seriesMarks(spec: LevelPanel): Plot.Markish[] {
  const { y } = spec;
  const middle = (spec.series.length - 1) / 2;
  const base = y.type === "log" ? y.domain[0] : 0;
  return [
    numberAxis("x", xScale(spec).ticks),
    numberAxis("y", y.ticks),
    Plot.gridY({ ticks: y.ticks, stroke: "currentColor", strokeOpacity: 0.15 }),
    Plot.ruleY([base], { stroke: "currentColor", strokeOpacity: 0.6 }),
    ...(spec.xLabel === null
      ? []
      : [Plot.text([spec.xLabel], { frameAnchor: "bottom", dy: 38, text: (d) => d })]),
    ...spec.series.flatMap((series, i) => lineMarks(series, (i - middle) * SERIES_STEP)),
  ];
}

function lineMarks({ style, points }: Series, dx: number): Plot.Markish[] {
  const ranged = points.filter((point) => point.low !== null && point.high !== null);
  const at = { x: "level", stroke: style.colour, dx };
  return [
    Plot.line(points, { ...at, y: "value", strokeWidth: 1.5, strokeDasharray: style.dash }),
    Plot.ruleX(ranged, { ...at, y1: "low", y2: "high", strokeWidth: 3, strokeOpacity: 0.45 }),
    Plot.dot(points, {
      x: "level",
      y: "value",
      symbol: style.symbol,
      r: 4,
      fill: style.colour,
      title: "tooltip",
      dx,
    }),
  ];
}

function labelMarks(spec: LevelPanel, bare: Panel): Plot.Markish[] {
  const drawn = spec.series.filter((series) => series.points.length > 0);
  const y = scaleOf(bare, "y");
  const right = xScale(spec).domain[1];
  const ends = drawn.map((series) => series.points.at(-1)!);
  const bottom = spec.height - MARGIN_BOTTOM - (spec.xLabel === null ? 0 : X_LABEL_HEIGHT) - 4;
  const placed = dodge(ends.map((end) => y.apply(end.value)), LABEL_GAP, MARGIN_TOP + 6, bottom);
  return drawn.flatMap(({ style, label }, i) => {
    const at = y.invert(placed[i]!);
    const mark = [{ x1: ends[i]!.level, y1: ends[i]!.value, x2: right, y2: at }];
    return [
      Plot.link(mark, {
        x1: "x1",
        y1: "y1",
        x2: "x2",
        y2: "y2",
        stroke: style.colour,
        strokeOpacity: 0.6,
        strokeWidth: 0.75,
        dx: 8,
      }),
      Plot.dot(mark, {
        y: "y2",
        frameAnchor: "right",
        symbol: style.symbol,
        r: 4,
        fill: style.colour,
        dx: 14,
      }),
      Plot.text([{ at, label }], {
        y: "at",
        frameAnchor: "right",
        textAnchor: "start",
        text: "label",
        fill: "currentColor",
        dx: 23,
      }),
    ];
  });
}
