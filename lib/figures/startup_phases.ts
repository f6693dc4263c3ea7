/** How long each entry took to start, and with what: one stacked bar an entry. */
import * as Plot from "@observablehq/plot";
import { fixed, listed, metricWithUnit } from "@/analysis/number_text.ts";
import { PHASE_NAMES, type StartupRow } from "@/analysis/startup.ts";
import { STARTUP_PHASES, type StartupPhase } from "@/records/startup_record.ts";
import { drawPanel, joinPanels, numberAxis } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, labelWidth } from "./figure.ts";
import type { Figure, FigureOptions } from "./figure.ts";
import { PHASE_COLOURS } from "./palette.ts";
import { zeroScale } from "./scales.ts";

interface Segment {
  engine: string;
  label: string;
  phase: StartupPhase;
  seconds: number;
  /** Where the segment lies on its bar. */
  x1: number;
  x2: number;
}

const ROW_HEIGHT = 46;
const LEGEND_ROW_HEIGHT = 20;
const SWATCH = 12;

/**
 * Draws the median seconds of each phase on top of each other. Null without rows; all rows must be
 * real or all simulated. A bar need not end at the median start-up, since medians do not add up.
 */
export function startupPhases(rows: StartupRow[], options: FigureOptions = {}): Figure | null {
  if (rows.length === 0) return null;
  const simulated = rows[0]!.simulated;
  if (rows.some((row) => row.simulated !== simulated)) {
    throw new Error("a figure got real and simulated engines together; pass them separately");
  }
  const id = figureId(options, "startup");
  const title = figureTitle("Start-up by phase", simulated, options);
  const segments = rows.flatMap(segmentsOf);
  const finding = `${listed(rows.map(findingOf))}.`.replaceAll(", ", "; ");
  return {
    id,
    title,
    finding,
    how_to_read:
      "Each bar is made of the median seconds over launches in each phase, in the order of the colours below it; the number beside it is the median time to the first completion. Phases are read from the engine's log while it starts, so what an engine does not print counts for the phase before.",
    missing: [],
    ...draw(id, title, finding, rows, segments),
    alt: altText(title, finding),
    table: {
      columns: [
        { key: "engine", label: "Engine", unit: null, decimals: null },
        ...phasesIn(segments).map((phase) => ({
          key: phase,
          label: sentence(phase),
          unit: "s",
          decimals: 2,
        })),
        { key: "ready_s", label: "Ready", unit: "s", decimals: 2 },
      ],
      rows: rows.map((row) => ({
        engine: entryLabel(row.engine, simulated),
        ...Object.fromEntries(
          phasesIn(segments).map((phase) => [phase, row.phases[phase]?.median ?? null]),
        ),
        ready_s: row.ready_s.median,
      })),
    },
  };
}

function segmentsOf(row: StartupRow): Segment[] {
  const { engine, simulated, phases } = row;
  let end = 0;
  return PHASE_NAMES.flatMap((phase) => {
    const seconds = phases[phase]?.median ?? 0;
    if (seconds <= 0) return [];
    const x1 = end;
    end += seconds;
    return [{ engine, label: entryLabel(engine, simulated), phase, seconds, x1, x2: end }];
  });
}

/** The phases that any bar has, in order. */
function phasesIn(segments: Segment[]): StartupPhase[] {
  return PHASE_NAMES.filter((name) => segments.some(({ phase }) => phase === name));
}

function findingOf(row: StartupRow): string {
  const longest = segmentsOf(row).toSorted((a, b) => b.seconds - a.seconds)[0];
  const part = longest === undefined
    ? ""
    : ` (longest: ${STARTUP_PHASES[longest.phase]} with ${fixed(longest.seconds, 2)} s)`;
  return `${entryLabel(row.engine, row.simulated)} was ready after ${readyText(row)}${part}`;
}

function readyText(row: StartupRow): string {
  return metricWithUnit("ready_s", row.ready_s.median);
}

function sentence(phase: StartupPhase): string {
  const text = STARTUP_PHASES[phase];
  return text[0]!.toUpperCase() + text.slice(1);
}

function draw(
  id: string,
  title: string,
  finding: string,
  rows: StartupRow[],
  segments: Segment[],
) {
  const width = 640;
  const end = (engine: string) =>
    Math.max(0, ...segments.filter((s) => s.engine === engine).map(({ x2 }) => x2));
  const x = zeroScale(rows.map(({ engine }) => end(engine)));
  const marginRight = Math.max(...rows.map((row) => labelWidth(readyText(row)))) + 16;
  const height = rows.length * ROW_HEIGHT + 46;
  const bars = drawPanel(id, {
    width,
    height,
    marginLeft: 8,
    marginRight,
    marginTop: 4,
    marginBottom: 42,
    x: { domain: x.domain, axis: null },
    y: { domain: rows.map(({ engine }) => engine), axis: null, padding: 0 },
    marks: [
      numberAxis("x", x.ticks),
      ...barMarks(rows, segments, end),
      Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.6 }),
      Plot.text(["seconds"], { frameAnchor: "bottom", dy: 36 }),
    ],
  });
  const legend = legendOf(id, width, phasesIn(segments));
  return joinPanels({ id, title, description: finding, width }, [
    { panel: bars, heading: null, height },
    ...(legend === null ? [] : [legend]),
  ]);
}

function barMarks(
  rows: StartupRow[],
  segments: Segment[],
  end: (engine: string) => number,
): Plot.Markish[] {
  return [
    Plot.barX(segments, {
      y: "engine",
      x1: "x1",
      x2: "x2",
      insetTop: 20,
      insetBottom: 8,
      insetRight: 1,
      fill: ({ phase }: Segment) => PHASE_COLOURS[phase],
      title: ({ label, phase, seconds }: Segment) =>
        `${label}, ${STARTUP_PHASES[phase]}: ${fixed(seconds, 2)} s`,
    }),
    Plot.text(rows, {
      y: "engine",
      frameAnchor: "left",
      textAnchor: "start",
      text: (row: StartupRow) => entryLabel(row.engine, row.simulated),
      dy: 10 - ROW_HEIGHT / 2,
      dx: 2,
    }),
    Plot.text(rows, {
      y: "engine",
      x: (row: StartupRow) => end(row.engine),
      textAnchor: "start",
      text: readyText,
      fontWeight: "600",
      dx: 8,
      dy: 6,
    }),
  ];
}

/** The phases' colours with their names, in rows as wide as the figure. */
function legendOf(id: string, width: number, phases: StartupPhase[]) {
  if (phases.length === 0) return null;
  const placed: { phase: StartupPhase; x: number; row: number }[] = [];
  let [x, row] = [4, 0];
  for (const phase of phases) {
    const room = SWATCH + 6 + labelWidth(STARTUP_PHASES[phase]) + 14;
    if (x > 4 && x + room > width) [x, row] = [4, row + 1];
    placed.push({ phase, x, row });
    x += room;
  }
  const height = (row + 1) * LEGEND_ROW_HEIGHT + 6;
  const middle = ({ row }: { row: number }) => row * LEGEND_ROW_HEIGHT + LEGEND_ROW_HEIGHT / 2;
  const panel = drawPanel(`${id}-legend`, {
    width,
    height,
    margin: 0,
    x: { type: "identity", axis: null },
    y: { type: "identity", axis: null },
    marks: [
      Plot.rect(placed, {
        x1: "x",
        x2: ({ x }) => x + SWATCH,
        y1: (entry) => middle(entry) - SWATCH / 2,
        y2: (entry) => middle(entry) + SWATCH / 2,
        fill: ({ phase }) => PHASE_COLOURS[phase as StartupPhase],
      }),
      Plot.text(placed, {
        x: ({ x }) => x + SWATCH + 6,
        y: middle,
        textAnchor: "start",
        text: ({ phase }) => STARTUP_PHASES[phase as StartupPhase],
      }),
    ],
  });
  return { panel, heading: null, height };
}
