/** How wrong the client was against a known truth, by the number of streams. */
import type { Calibration, CalibrationLevel, Quantiles } from "@/records/calibration_record.ts";
import { fixed } from "@/analysis/number_text.ts";
import { joinPanels } from "./document.ts";
import { altText, type Figure, type FigureTable, numberColumn, textColumn } from "./figure.ts";
import { labelMargin, levelPanel, MARGIN_LEFT, panelHeight, type Series } from "./level_panel.ts";
import { entryStyles } from "./palette.ts";
import { valueScale } from "./scales.ts";

type Mode = CalibrationLevel["mode"];

const MODES: Record<Mode, string> = {
  independent: "each stream by itself",
  step: "all streams in one burst",
};

interface ErrorKind {
  heading: string;
  quantiles: (level: CalibrationLevel) => Quantiles;
}

/** The server's own lateness stands below, since it is no fault of the client. */
const KINDS: ErrorKind[] = [
  { heading: "|TTFT error|, ms", quantiles: (level) => level.ttft_error_ms },
  { heading: "|error of a gap between tokens|, ms", quantiles: (level) => level.gap_error_ms },
  {
    heading: "|TPOT error|, %",
    quantiles: ({ tpot_error_share: share }) => ({
      p50: 100 * share.p50,
      p90: 100 * share.p90,
      p99: 100 * share.p99,
      max: 100 * share.max,
    }),
  },
  {
    heading: "Lateness of the server's own tokens, ms",
    quantiles: (level) => level.server_send_late_ms,
  },
];

/** One figure with a panel for each error; none without levels. */
export function walkFigures({ levels }: Pick<Calibration, "levels">): Figure[] {
  if (levels.length === 0) return [];
  const modes = (Object.keys(MODES) as Mode[]).filter((mode) =>
    levels.some((level) => level.mode === mode)
  );
  const styles = entryStyles(Object.keys(MODES));
  const marginRight = labelMargin(modes.map((mode) => MODES[mode]));
  const id = "client-errors";
  const title = "Errors of the client by number of streams";
  const finding = findingOf(levels);
  const width = MARGIN_LEFT + 290 + marginRight;
  const panels = KINDS.map(({ heading, quantiles }, i) => {
    const xLabel = i === KINDS.length - 1 ? "streams at once" : null;
    const height = panelHeight(modes.length, xLabel !== null);
    const series = modes.map((mode): Series => ({
      label: MODES[mode],
      style: styles.get(mode)!,
      points: levels.filter((level) => level.mode === mode).map((level) => {
        const { p50, p90, p99 } = quantiles(level);
        return {
          level: level.streams,
          load: `${level.streams} streams`,
          value: p50,
          low: p50,
          high: p99,
          tooltip: `${level.streams} streams, ${MODES[mode]}: p50 ${fixed(p50, 3)}, p90 ${
            fixed(p90, 3)
          }, p99 ${fixed(p99, 3)}`,
        };
      }),
    }));
    const values = series.flatMap(({ points }) => points.flatMap((p) => [p.value, p.high!]));
    const panel = levelPanel({
      className: id,
      series,
      levels: levels.map(({ streams }) => streams),
      y: valueScale(values.map((value) => Math.max(value, 0.001))),
      width,
      height,
      marginRight,
      xLabel,
    });
    return { panel, heading, height };
  });
  return [{
    id,
    title,
    finding,
    how_to_read:
      "Lower is better. Dot: median over streams; thick line: from there up to the 99th percentile. Truth is what the server wrote down as it sent, so its own lateness, in the last panel, is not in the others.",
    missing: [],
    ...joinPanels({ id, title, description: finding, width }, panels),
    alt: altText(title, finding),
    table: tableOf(levels),
  }];
}

function findingOf(levels: readonly CalibrationLevel[]): string {
  const parts = [levels[0]!, levels.at(-1)!].map((level) =>
    `${fixed(level.ttft_error_ms.p50, 2)} ms (p99 ${
      fixed(level.ttft_error_ms.p99, 2)
    } ms) with ${level.streams} streams`
  );
  return `The median TTFT error was ${[...new Set(parts)].join(" and ")}.`;
}

function tableOf(levels: readonly CalibrationLevel[]): FigureTable {
  return {
    columns: [
      textColumn("mode", "Tokens leave"),
      numberColumn("streams", "Streams", null, 0),
      numberColumn("events_per_s", "Token events", "1/s", 0),
      numberColumn("ttft_p50", "|TTFT error| p50", "ms", 2),
      numberColumn("ttft_p99", "p99", "ms", 2),
      numberColumn("gap_p99", "|gap error| p99", "ms", 2),
      numberColumn("tpot_p50", "|TPOT error| p50", "%", 2),
      numberColumn("throughput", "Throughput error", "%", 2),
      numberColumn("server_p99", "Server late p99", "ms", 2),
      textColumn("limited", "Limited by"),
    ],
    rows: levels.map((level) => ({
      mode: MODES[level.mode],
      streams: level.streams,
      events_per_s: level.events_per_s,
      ttft_p50: level.ttft_error_ms.p50,
      ttft_p99: level.ttft_error_ms.p99,
      gap_p99: level.gap_error_ms.p99,
      tpot_p50: 100 * level.tpot_error_share.p50,
      throughput: 100 * level.throughput_error_share,
      server_p99: level.server_send_late_ms.p99,
      limited: level.limited_by ?? "nothing",
    })),
  };
}
