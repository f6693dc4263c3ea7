/** Memory of each entry, each with the words that say what its number is. */
import * as Plot from "@observablehq/plot";
import { levelValue, loadAxis } from "@/analysis/load_axis.ts";
import { METRICS } from "@/analysis/metrics.ts";
import type { LevelRow } from "@/analysis/summary_row.ts";
import { drawPanel, joinPanels, numberAxis } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, labelWidth, oneComparison } from "./figure.ts";
import type { Figure, FigureOptions } from "./figure.ts";
import { listed, metricWithUnit, shown } from "@/analysis/number_text.ts";
import type { EntryStyle } from "./palette.ts";
import { zeroScale } from "./scales.ts";

interface Bar {
  engine: string;
  label: string;
  /** What the engine says this number is. */
  meaning: string;
  level: number;
  bytes: number;
  low: number;
  high: number;
  style: EntryStyle;
}

const ROW_HEIGHT = 46;

/**
 * Draws one bar an entry in MiB: the largest of its levels' medians, with the smallest and largest
 * launch of that level. Null when no entry told its memory. Rows must be of one workload, all real
 * or all simulated.
 */
export function memory(rows: LevelRow[], options: FigureOptions = {}): Figure | null {
  const { simulated, entries, styles } = oneComparison(rows, options);
  const bars = entries.flatMap((entry) => barOf(rows, entry, styles.get(entry)!));
  if (bars.length === 0) return null;

  const axis = loadAxis(rows);
  const id = figureId(options, "memory");
  const title = figureTitle("Memory by engine entry", simulated, options);
  const finding = `${listed(bars.map((bar) => `${bar.label}: ${valueText(bar)}`))}.`
    .replaceAll(", ", "; ");
  const silent = entries.filter((entry) => !bars.some((bar) => bar.engine === entry));
  return {
    id,
    title,
    finding,
    how_to_read: howToRead(bars),
    missing: silent.length === 0 ? [] : [`No memory reading from ${listed(silent)}.`],
    ...draw(id, title, finding, bars),
    alt: altText(title, finding),
    table: {
      columns: [
        { key: "engine", label: "Engine", unit: null, decimals: null },
        { key: "mib", label: "Memory", unit: "MiB", decimals: METRICS.memory_bytes.decimals },
        { key: "low", label: "Smallest launch", unit: "MiB", decimals: 0 },
        { key: "high", label: "Largest launch", unit: "MiB", decimals: 0 },
        { key: "meaning", label: "What the number is", unit: null, decimals: null },
        { ...axis.column, key: "level", label: `At ${axis.name}` },
      ],
      rows: bars.map((bar) => ({
        engine: bar.label,
        mib: shown("memory_bytes", bar.bytes),
        low: shown("memory_bytes", bar.low),
        high: shown("memory_bytes", bar.high),
        meaning: bar.meaning,
        level: bar.level,
      })),
    },
  };
}

function barOf(rows: LevelRow[], entry: string, style: EntryStyle): Bar[] {
  const [row] = rows.filter((row) => row.engine === entry && row.memory_bytes !== null)
    .sort((a, b) => b.memory_bytes!.median - a.memory_bytes!.median);
  if (row === undefined) return [];
  const { median, low, high } = row.memory_bytes!;
  return [{
    engine: entry,
    label: entryLabel(entry, row.simulated),
    meaning: row.memory_label ?? "the engine does not say what this number is",
    level: levelValue(row),
    bytes: median,
    low,
    high,
    style,
  }];
}

function howToRead(bars: Bar[]): string {
  const meanings = [...new Set(bars.map((bar) => bar.meaning))];
  const what = meanings.length === 1
    ? `The number is the ${meanings[0]}.`
    : "The numbers do not all measure the same thing: each bar says what it is, so compare only equal ones.";
  return `${what} Bar: largest of the levels' medians; thin line: smallest to largest launch at that level.`;
}

function valueText(bar: Bar): string {
  return metricWithUnit("memory_bytes", bar.bytes);
}

function draw(id: string, title: string, finding: string, bars: Bar[]) {
  const x = zeroScale(bars.map((bar) => mib(bar.high)));
  const marginRight = Math.max(...bars.map((bar) => labelWidth(valueText(bar)))) + 16;
  const width = Math.max(
    480,
    ...bars.map((bar) => labelWidth(captionOf(bar)) + 20),
    marginRight + 280,
  );
  const height = bars.length * ROW_HEIGHT + 46;
  const panel = drawPanel(id, {
    width,
    height,
    marginLeft: 8,
    marginRight,
    marginTop: 4,
    marginBottom: 42,
    x: { domain: x.domain, axis: null },
    y: { domain: bars.map((bar) => bar.engine), axis: null, padding: 0 },
    marks: [
      numberAxis("x", x.ticks),
      ...barMarks(bars),
      Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.6 }),
      Plot.text(["MiB"], { frameAnchor: "bottom", dy: 36 }),
    ],
  });
  return joinPanels({ id, title, description: finding, width }, [{ panel, heading: null, height }]);
}

function barMarks(bars: Bar[]): Plot.Markish[] {
  return [
    Plot.barX(bars, {
      y: "engine",
      x: (bar: Bar) => mib(bar.bytes),
      insetTop: 20,
      insetBottom: 8,
      fill: (bar: Bar) => bar.style.colour,
      title: (bar: Bar) => `${captionOf(bar)}, ${valueText(bar)}`,
    }),
    Plot.link(bars, {
      y1: "engine",
      y2: "engine",
      x1: (bar: Bar) => mib(bar.low),
      x2: (bar: Bar) => mib(bar.high),
      stroke: "currentColor",
      strokeWidth: 2,
      dy: 6,
    }),
    Plot.text(bars, {
      y: "engine",
      frameAnchor: "left",
      textAnchor: "start",
      text: captionOf,
      dy: 10 - ROW_HEIGHT / 2,
      dx: 2,
    }),
    Plot.text(bars, {
      y: "engine",
      x: (bar: Bar) => mib(bar.high),
      textAnchor: "start",
      text: valueText,
      fontWeight: "600",
      dx: 8,
      dy: 6,
    }),
  ];
}

function mib(bytes: number): number {
  return shown("memory_bytes", bytes);
}

function captionOf(bar: Bar): string {
  return `${bar.label}: ${bar.meaning}`;
}
