/** What the client measured beyond what the server says of itself, entry by entry. */
import { levelValue, loadAxis, loadText } from "@/analysis/load_axis.ts";
import * as Plot from "@observablehq/plot";
import { counted, fixed } from "@/analysis/number_text.ts";
import type { ServerTimeRow } from "@/analysis/server_times.ts";
import { drawPanel, joinPanels, numberAxis } from "./document.ts";
import {
  altText,
  entryLabel,
  figureId,
  figureTitle,
  labelWidth,
  numberColumn,
  textColumn,
} from "./figure.ts";
import type { Figure, FigureOptions, FigureTable } from "./figure.ts";
import { COLOURS } from "./palette.ts";
import { zeroScale } from "./scales.ts";

const LINE_HEIGHT = 24;
const PLOT_WIDTH = 260;
const LABELS: Record<ServerTimeRow["time"], string> = {
  ttft: "TTFT from send, client minus server, ms",
  decode: "First to last token, client minus server, ms",
  tpot: "TPOT, client minus server, ms",
};

/**
 * Draws a panel for each time, a line for each entry and level: the median difference as a dot, its
 * 10th to 90th percentile as a line. Null without rows. Throws when real and simulated are mixed.
 */
export function clientMinusServer(
  rows: readonly ServerTimeRow[],
  options: FigureOptions = {},
): Figure | null {
  if (rows.length === 0) return null;
  const { simulated } = rows[0]!;
  if (rows.some((row) => row.simulated !== simulated)) {
    throw new Error("a figure got real and simulated times together; pass them separately");
  }
  const id = figureId(options, "client-minus-server");
  const title = figureTitle("Client's times minus the server's own", simulated, options);
  const finding = findingOf(rows);
  const marginLeft = Math.max(...rows.map((row) => labelWidth(lineLabel(row)))) + 14;
  const marginRight = Math.max(...rows.map((row) => labelWidth(valueLabel(row)))) + 18;
  const width = marginLeft + PLOT_WIDTH + marginRight;
  const times = (Object.keys(LABELS) as ServerTimeRow["time"][])
    .map((time) => ({ time, members: rows.filter((row) => row.time === time) }))
    .filter(({ members }) => members.length > 0);
  const panels = times.map(({ time, members }) => {
    const height = members.length * LINE_HEIGHT + 30;
    const panel = drawPanel(id, panelOptions(members, { width, height, marginLeft, marginRight }));
    return { panel, heading: LABELS[time], height };
  });
  return {
    id,
    title,
    finding,
    how_to_read:
      "Dot: median difference; line: 10th to 90th percentile, of requests where the server puts its times on each answer, else of trials' means. Near zero, client and server agree. Where the server's TTFT leaves out its queue, waiting in the server counts as difference.",
    missing: [],
    ...joinPanels({ id, title, description: finding, width }, panels),
    alt: altText(title, finding),
    table: tableOf(rows),
  };
}

function panelOptions(
  rows: readonly ServerTimeRow[],
  size: { width: number; height: number; marginLeft: number; marginRight: number },
): Plot.PlotOptions {
  const values = rows.flatMap(({ difference_ms: d }) => [d.median, d.p10, d.p90]);
  const [low, high] = [Math.min(0, ...values) * 1.06, Math.max(0, ...values) * 1.06 || 1];
  const { ticks } = zeroScale([Math.max(-low, high)]);
  const both = [...ticks.slice(1).map((tick) => -tick), ...ticks];
  const at = (key: "median" | "p10" | "p90") => ({ difference_ms }: ServerTimeRow) =>
    difference_ms[key];
  return {
    ...size,
    marginTop: 4,
    marginBottom: 26,
    x: { domain: [low, high], axis: null },
    y: { type: "band", domain: rows.map(lineLabel), axis: null, padding: 0 },
    marks: [
      numberAxis("x", both.filter((tick) => tick >= low && tick <= high)),
      Plot.ruleX([0], { stroke: "currentColor", strokeDasharray: "3 2" }),
      Plot.link(rows, {
        x1: at("p10"),
        x2: at("p90"),
        y1: lineLabel,
        y2: lineLabel,
        stroke: COLOURS[0],
        strokeWidth: 2,
      }),
      Plot.dot(rows, { x: at("median"), y: lineLabel, fill: COLOURS[0], r: 4, title: valueLabel }),
      Plot.text(rows, {
        y: lineLabel,
        frameAnchor: "left",
        textAnchor: "start",
        text: lineLabel,
        dx: 2 - size.marginLeft,
      }),
      Plot.text(rows, {
        y: lineLabel,
        frameAnchor: "right",
        textAnchor: "start",
        text: valueLabel,
        dx: 10,
      }),
    ],
  };
}

function lineLabel(row: ServerTimeRow): string {
  return `${entryLabel(row.engine, row.simulated)}, ${loadText(row)}`;
}

function valueLabel({ difference_ms: { median, p10, p90 }, n, source }: ServerTimeRow): string {
  const range = n > 1 ? ` (${fixed(p10, 2)} to ${fixed(p90, 2)})` : "";
  return `${fixed(median, 2)}${range}, ${counted(n, source === "requests" ? "request" : "trial")}`;
}

function findingOf(rows: readonly ServerTimeRow[]): string {
  const widest = rows.toSorted((a, b) =>
    Math.abs(b.difference_ms.median) - Math.abs(a.difference_ms.median)
  )[0]!;
  const { time, difference_ms, server_ms } = widest;
  const what = time === "ttft" ? "TTFT" : time === "tpot" ? "TPOT" : "first to last token";
  const queue = widest.without_queue
    ? "; the server's value leaves out how long requests waited in it"
    : "";
  return `The largest median difference is ${fixed(difference_ms.median, 2)} ms (${what} of ${
    lineLabel(widest)
  }; the server says ${fixed(server_ms, 1)} ms${queue}).`;
}

function tableOf(rows: readonly ServerTimeRow[]): FigureTable {
  const axis = loadAxis(rows);
  const ms = (key: string, label: string) => numberColumn(key, label, "ms", 2);
  return {
    columns: [
      textColumn("engine", "Entry"),
      axis.column,
      textColumn("time", "Time"),
      textColumn("source", "Compared by"),
      numberColumn("n", "n", null, 0),
      ms("client_ms", "Client, median"),
      ms("server_ms", "Server, median"),
      ms("median", "Difference, median"),
      ms("p10", "p10"),
      ms("p90", "p90"),
      textColumn("queue", "Server's queue"),
    ],
    rows: rows.map((row) => ({
      engine: entryLabel(row.engine, row.simulated),
      [axis.column.key]: levelValue(row),
      time: LABELS[row.time].split(",")[0]!,
      source: row.source,
      n: row.n,
      client_ms: row.client_ms,
      server_ms: row.server_ms,
      ...row.difference_ms,
      queue: row.without_queue ? "left out" : "counted",
    })),
  };
}
