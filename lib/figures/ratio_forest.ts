/** Ratios between entries with their intervals, on a log axis with 1 marked. */
import * as Plot from "@observablehq/plot";
import { levelValue, loadAxis, loadText } from "@/analysis/load_axis.ts";
import { COMPARED, type ComparedMetric } from "@/analysis/compared_metrics.ts";
import type { Comparison } from "@/analysis/comparison_row.ts";
import { drawPanel, joinPanels, numberAxis } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, labelWidth } from "./figure.ts";
import type { Figure, FigureOptions, FigureTable } from "./figure.ts";
import { COLOURS } from "./palette.ts";
import { counted, fixed, inSentence, listed, ratioText } from "@/analysis/number_text.ts";
import { ratioScale } from "./scales.ts";

/** The figure's id without what it is about. */
export function ratioForestName(metric: ComparedMetric): string {
  return `ratio-${metric.replaceAll("_", "-")}`;
}

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

/**
 * Draws the comparisons of one metric, a line for each pair and load: the ratio as a dot, its
 * simultaneous interval as a line, over the zone of differences below the margin. Null when there is none. Throws when real and simulated ones are mixed.
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
  const { label } = COMPARED[metric];
  const margin = fixed(100 * rows[0]!.margin, 1);
  const id = figureId(options, ratioForestName(metric));
  const title = figureTitle(`${label}: ratios`, simulated, options);
  const finding = findingOf(rows, inSentence(label));
  return {
    id,
    title,
    finding,
    how_to_read:
      `Dot: how many times as good the first entry is as the second; right of 1 the first is better${
        COMPARED[metric].better === "lower" ? ", which means a lower value" : ""
      }. Line: simultaneous interval over paired launches. Band: differences below the margin of ${margin} %; a line beyond it is better, one inside it a tie (which goes by the narrower interval of two one-sided tests). A filled dot is a claim, a hollow one exploratory.`,
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
      right: row.ratio === null ? verdictText(row) : `${intervalText(row)} ${verdictText(row)}`,
    })),
  ]);
}

function pairLabel(row: Comparison): string {
  return `${entryLabel(row.a, row.simulated)} / ${entryLabel(row.b, row.simulated)}`;
}

function intervalText(row: Comparison): string {
  const high = row.high === null ? "unbounded" : ratioText(row.high);
  return `${ratioText(row.ratio)} (${ratioText(row.low)} to ${high})`;
}

const WORDS: Record<Comparison["verdict"], string> = {
  better: "better",
  small_edge: "small edge",
  tie: "tie",
  inconclusive: "inconclusive",
  "not comparable": "not comparable",
};

/** The verdict, naming which side it is for. */
function verdictText({ verdict, winner }: Comparison): string {
  const side = winner === null ? "" : winner === "a" ? "first " : "second ";
  return side + WORDS[verdict];
}

function draw(id: string, title: string, finding: string, lines: Line[]) {
  const marginRight = Math.max(...lines.map((line) => labelWidth(line.right))) + 14;
  const width = Math.max(
    MARGIN_LEFT + PLOT_WIDTH + marginRight,
    ...lines.map((line) => labelWidth(line.left) + 20),
  );
  const height = lines.length * LINE_HEIGHT + 46;
  const margin = lines.find(({ comparison }) => comparison !== null)!.comparison!.margin;
  const values = lines.flatMap(({ comparison }) =>
    [comparison?.ratio, comparison?.low || null, comparison?.high].filter((v) => v != null)
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
      ...ratioMarks(lines, x.domain, margin),
      ...sideTexts(lines),
      Plot.text(["how many times as good the first is, log scale"], {
        frameAnchor: "bottom",
        dy: 36,
      }),
    ],
  });
  return joinPanels({ id, title, description: finding, width }, [{ panel, heading: null, height }]);
}

function ratioMarks(lines: Line[], domain: [number, number], margin: number): Plot.Markish[] {
  const [low, high] = domain;
  const drawn = lines.filter((line) => line.comparison?.ratio != null);
  return [
    Plot.barX(lines.filter((line) => line.comparison !== null), {
      x1: 1 / (1 + margin),
      x2: 1 + margin,
      y: "key",
      fill: "currentColor",
      fillOpacity: 0.12,
    }),
    Plot.tickX(lines.filter((line) => line.comparison !== null), {
      x: 1,
      y: "key",
      stroke: "currentColor",
      strokeDasharray: "3 2",
    }),
    Plot.link(drawn.filter((line) => line.comparison!.low !== null), {
      // An open side reaches the edge of the drawing; the text beside it says that it is unbounded.
      x1: (line: Line) => line.comparison!.low || low,
      x2: (line: Line) => line.comparison!.high ?? high,
      y1: "key",
      y2: "key",
      stroke: COLOURS[0],
      strokeWidth: 2,
    }),
    Plot.dot(drawn, {
      x: (line: Line) => line.comparison!.ratio,
      y: "key",
      fill: (line: Line) => line.comparison!.claim === "confirmatory" ? COLOURS[0] : "none",
      stroke: COLOURS[0],
      strokeWidth: 1.5,
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
  const said = Map.groupBy(rows, verdictKind);
  const counts = (["better", "small_edge", "tie", "inconclusive", "not comparable"] as const)
    .flatMap((verdict) => {
      const found = said.get(verdict)?.length ?? 0;
      return found === 0 ? [] : [`${found} ${WORDS[verdict]}`];
    });
  const known = rows.filter((row) => row.ratio !== null);
  const farthest = known.toSorted((a, b) =>
    Math.abs(Math.log(b.ratio!)) - Math.abs(Math.log(a.ratio!))
  )[0]!;
  return `Of ${counted(rows.length, "comparison")} by ${label}: ${
    listed(counts)
  }; farthest from 1: ${ratioText(farthest.ratio)} (${pairLabel(farthest)} at ${
    loadText(farthest)
  }).`;
}

function verdictKind({ verdict }: Comparison): Comparison["verdict"] {
  return verdict;
}

function missingOf(rows: Comparison[]): string[] {
  return rows.filter((row) => row.ratio === null)
    .map((row) => row.sentence);
}

function tableOf(rows: Comparison[]): FigureTable {
  const axis = loadAxis(rows);
  return {
    columns: [
      { key: "pair", label: "First / second", unit: null, decimals: null },
      axis.column,
      { key: "ratio", label: "Ratio", unit: null, decimals: 3 },
      { key: "low", label: "Interval from", unit: null, decimals: 3 },
      { key: "high", label: "Interval to", unit: null, decimals: 3 },
      { key: "blocks", label: "Blocks", unit: null, decimals: 0 },
      { key: "p_holm", label: "p (Holm)", unit: null, decimals: 4 },
      { key: "verdict", label: "Verdict", unit: null, decimals: null },
      { key: "claim", label: "Worth", unit: null, decimals: null },
    ],
    rows: rows.map((row) => ({
      pair: pairLabel(row),
      [axis.column.key]: row.metric === "max_load_per_s" ? null : levelValue(row),
      ratio: row.ratio,
      low: row.low,
      high: row.high,
      blocks: row.blocks,
      p_holm: row.p_holm,
      verdict: verdictText(row),
      claim: row.claim,
    })),
  };
}
