/** One trial over time: what arrived, what was in flight, what the server said that it ran. */
import { loadText } from "@/analysis/load_axis.ts";
import * as Plot from "@observablehq/plot";
import { fixed } from "@/analysis/number_text.ts";
import type { Timeline } from "@/analysis/timeline.ts";
import { drawPanel, joinPanels, numberAxis } from "./document.ts";
import { altText, entryLabel, figureId, figureTitle, labelWidth } from "./figure.ts";
import type { Figure, FigureOptions, FigureTable } from "./figure.ts";
import { entryStyles } from "./palette.ts";
import { dodge, zeroScale } from "./scales.ts";

interface Line {
  label: string;
  points: { at_s: number; value: number }[];
}

const MARGIN_LEFT = 60;
const PLOT_WIDTH = 400;
const PANEL_HEIGHT = 120;
const AXIS_HEIGHT = 40;

/** Draws the trial's panels below each other on one time axis; the window is shaded. */
export function trialTimeline(timeline: Timeline, options: FigureOptions = {}): Figure {
  const { engine, simulated, slices, samples } = timeline;
  const id = figureId(options, "timeline");
  const name = entryLabel(engine, simulated);
  const title = figureTitle(
    `Timeline of a trial: ${engine}, ${loadText(timeline)}`,
    simulated,
    options,
  );
  const finding = findingOf(timeline);
  const ofServer = (label: string, key: "running" | "waiting") => ({
    label,
    points: told(samples.map((sample) => ({ at_s: sample.at_s, value: sample[key] }))),
  });
  const kv_use = told(samples.map((s) => ({ at_s: s.at_s, value: percent(s.kv_use) })));
  const panels = [
    {
      heading: "Output tokens a second",
      lines: [{
        label: name,
        points: slices.map((s) => ({ at_s: s.at_s, value: s.output_tokens_per_s })),
      }],
    },
    {
      heading: "Requests",
      lines: [
        {
          label: "in flight (client)",
          points: slices.map((s) => ({ at_s: s.at_s, value: s.in_flight })),
        },
        ofServer("running (server)", "running"),
        ofServer("waiting (server)", "waiting"),
      ],
    },
    { heading: "KV cache in use, %", lines: [{ label: "KV cache (server)", points: kv_use }] },
  ].map(({ heading, lines }) => ({
    heading,
    lines: lines.filter(({ points }) => points.length > 0),
  })).filter(({ lines }) => lines.length > 0);
  const labels = panels.flatMap(({ lines }) => lines.map(({ label }) => label));
  const marginRight = Math.max(...labels.map((label) => labelWidth(label))) + 24;
  const width = Math.max(MARGIN_LEFT + PLOT_WIDTH + marginRight, labelWidth(title, 15));
  const drawn = panels.map(({ heading, lines }, i) => {
    const last = i === panels.length - 1;
    const height = PANEL_HEIGHT + (last ? AXIS_HEIGHT : 22);
    const panel = timePanel(id, lines, timeline, { width, height, marginRight, last });
    return { panel, heading, height };
  });
  return {
    id,
    title,
    finding,
    how_to_read:
      `Shaded: the window that counts, with all users busy. Lines of the client are means over ${timeline.slice_s} s; dots of the server are what it said at that moment. What it runs below what is in flight waits in its queue.`,
    missing: missingOf(timeline),
    ...joinPanels({ id, title, description: finding, width }, drawn),
    alt: altText(title, finding),
    table: tableOf(timeline),
  };
}

function timePanel(
  id: string,
  lines: Line[],
  { window, slices, slice_s }: Timeline,
  size: { width: number; height: number; marginRight: number; last: boolean },
) {
  const { last, ...box } = size;
  const end_s = slices.at(-1)!.at_s + slice_s / 2;
  const x = zeroScale([end_s / 1.06]);
  const y = zeroScale(lines.flatMap(({ points }) => points.map(({ value }) => value)));
  const marginBottom = last ? AXIS_HEIGHT : 22;
  const styles = entryStyles(lines.map(({ label }) => label));
  const pixel = (value: number) => 6 + (1 - value / y.domain[1]) * (size.height - 6 - marginBottom);
  const placed = dodge(
    lines.map(({ points }) => pixel(points.at(-1)!.value)),
    15,
    12,
    size.height - marginBottom - 4,
  );
  return drawPanel(id, {
    ...box,
    marginLeft: MARGIN_LEFT,
    marginTop: 6,
    marginBottom,
    x: { domain: [0, end_s], axis: null },
    y: { domain: y.domain, axis: null },
    marks: [
      Plot.rect([window], {
        x1: "start_s",
        x2: "end_s",
        y1: 0,
        y2: y.domain[1],
        fill: "currentColor",
        fillOpacity: 0.08,
      }),
      numberAxis("x", x.ticks),
      numberAxis("y", y.ticks),
      Plot.gridY({ ticks: y.ticks, stroke: "currentColor", strokeOpacity: 0.15 }),
      Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.6 }),
      ...(last
        ? [Plot.text(["seconds from the trial's origin"], { frameAnchor: "bottom", dy: 36 })]
        : []),
      ...lines.flatMap(({ label, points }, i) => {
        const { colour, dash, symbol } = styles.get(label)!;
        const ofServer = label.endsWith("(server)");
        return [
          Plot.line(points, {
            x: "at_s",
            y: "value",
            stroke: colour,
            strokeDasharray: dash,
            strokeWidth: 1.5,
          }),
          ...(ofServer
            ? [Plot.dot(points, { x: "at_s", y: "value", fill: colour, symbol, r: 2.5 })]
            : []),
          Plot.text([label], {
            frameAnchor: "top-right",
            textAnchor: "start",
            lineAnchor: "middle",
            dx: 10,
            dy: placed[i]! - 6,
            fill: colour,
            fontWeight: "600",
          }),
        ];
      }),
    ],
  });
}

function told(points: { at_s: number; value: number | null }[]): Line["points"] {
  return points.filter((point): point is Line["points"][number] => point.value !== null);
}

function percent(share: number | null): number | null {
  return share === null ? null : share * 100;
}

function findingOf(timeline: Timeline): string {
  const { engine, simulated, concurrency, load, window, samples } = timeline;
  const inside = samples.filter(({ at_s }) => at_s >= window.start_s && at_s <= window.end_s);
  const most = (key: "running" | "waiting" | "kv_use") => {
    const values = inside.map((sample) => sample[key]).filter((value) => value !== null);
    return values.length === 0 ? null : Math.max(...values);
  };
  const running = most("running");
  if (running === null) {
    return `${entryLabel(engine, simulated)} told nothing of itself in this trial.`;
  }
  const [waiting, kv] = [most("waiting"), most("kv_use")];
  const offered = concurrency === null
    ? `Under ${load}`
    : `With ${concurrency} concurrent requests`;
  return `${offered} ${entryLabel(engine, simulated)} ran at most ${fixed(running, 0)} at once${
    waiting === null ? "" : ` and let at most ${fixed(waiting, 0)} wait`
  }${kv === null ? "" : `; its KV cache was at most ${fixed(kv * 100, 1)} % full`}.`;
}

function missingOf({ samples }: Timeline): string[] {
  if (samples.length === 0) return ["The server was not asked for its metrics in this trial."];
  return samples.every(({ kv_use }) => kv_use === null)
    ? ["The server tells no KV cache use."]
    : [];
}

/** Slices of the client and samples of the server, in order of time. */
function tableOf({ slices, samples }: Timeline): FigureTable {
  const column = (key: string, label: string, decimals: number, unit: string | null = null) => ({
    key,
    label,
    unit,
    decimals,
  });
  const rows = [
    ...slices.map((slice) => ({ ...slice, running: null, waiting: null, kv_use_percent: null })),
    ...samples.map(({ at_s, running, waiting, kv_use }) => ({
      at_s,
      output_tokens_per_s: null,
      in_flight: null,
      running,
      waiting,
      kv_use_percent: percent(kv_use),
    })),
  ];
  return {
    columns: [
      column("at_s", "Time", 2, "s"),
      column("output_tokens_per_s", "Output throughput", 1, "tok/s"),
      column("in_flight", "In flight (client)", 2),
      column("running", "Running (server)", 0),
      column("waiting", "Waiting (server)", 0),
      column("kv_use_percent", "KV cache in use", 1, "%"),
    ],
    rows: rows.toSorted((a, b) => a.at_s - b.at_s),
  };
}
