/** A calibration as a page. */
import type { Calibration, CalibrationLevel } from "@/records/calibration_record.ts";
import { fixed } from "@/analysis/number_text.ts";
import type { Figure } from "@/figures/figure.ts";
import { type ReportContent, section } from "./report_blocks.ts";

/** The page of one calibration with its figures. */
export function calibrationPage(calibration: Calibration, figures: Figure[]): ReportContent {
  const { at, machine, deno, transport, levels, limits } = calibration;
  const outside = levels.filter(({ breaches }) => breaches.length > 0)
    .map(({ streams, mode, breaches }) => `${streams} streams, ${mode}: ${breaches.join("; ")}`);
  return {
    title: "The client against a known truth",
    question: ceilingText(calibration),
    subtitle: `${machine.cpu}, ${machine.cores} cores · Deno ${deno} · ${transport} · ${
      at.slice(0, 10)
    }`,
    sections: [
      section("errors", "Errors by load", [
        {
          kind: "paragraph",
          text:
            "A server that only writes tokens at scripted times, and writes down when each really left, stands in for an engine. What the client says of these streams is compared with the server's own log. Nothing here measures an engine.",
        },
        ...serverText(calibration).map((text) => ({ kind: "paragraph" as const, text })),
        { kind: "figures", figures },
      ]),
      section("limits", "Limits", [{
        kind: "list",
        items: [
          `|TTFT error| at most ${limits.ttft_error_ms_p50} ms in the median and ${limits.ttft_error_ms_p99} ms at p99`,
          `|TPOT error| at most ${100 * limits.tpot_error_share_p50} % in the median`,
          `throughput error at most ${100 * limits.throughput_error_share} %`,
          `error of gaps between tokens at most ${limits.gap_error_ms_p99} ms at p99`,
        ],
      }]),
      ...(outside.length === 0
        ? []
        : [section("outside", "Outside the limits", [{ kind: "list", items: outside }])]),
    ],
    data: { name: "calibration", json: calibration, csv: "" },
  };
}

/** Which server it was and what follows; nothing for records that do not tell. */
export function serverText({ server }: Calibration): string[] {
  if (server === undefined) return [];
  return [
    server.language === "c"
      ? "The server is the project's own in C."
      : `The server is the project's own in Deno (${server.why}). It is late itself at high loads, so where it ended the walk the client may bear more than is shown, and how much more cannot be claimed.`,
  ];
}

/** What was found, in a sentence or two. */
export function ceilingText({ ceiling_events_per_s, ended_by, levels }: Calibration): string {
  const most = Math.max(0, ...levels.map(({ streams }) => streams));
  const why = {
    client: "Beyond that it was outside its limits.",
    server:
      "Beyond that the known-truth server was late itself, so nothing is known of the client.",
    nothing: "No limit was found: nothing more was tried.",
  }[ended_by];
  if (ceiling_events_per_s !== null) {
    const idle = levels.some(({ events_per_s, limited_by }) =>
      limited_by === "client" && events_per_s < ceiling_events_per_s
    );
    return `The client was within its limits up to ${
      fixed(ceiling_events_per_s, 0)
    } token events/s in one process${streamsText(levels, ceiling_events_per_s)}. ${why}${
      idle ? " With fewer streams, too: cores that idle between tokens wake late." : ""
    }`;
  }
  const alone = (["independent", "step"] as const).flatMap((mode) => aloneText(levels, mode));
  if (alone.length > 0) {
    return `${alone.join(" ")} No load was within them in both ways of sending.`;
  }
  return ended_by === "server"
    ? `Nothing is known of the client: with up to ${most} streams the known-truth server was late itself.`
    : `The client was outside its limits at every load that was tried, up to ${most} streams.`;
}

/** What it bore in one mode; nothing where it bore no load in it. */
function aloneText(levels: Calibration["levels"], mode: CalibrationLevel["mode"]): string[] {
  const fit = levels.filter((level) => level.mode === mode && level.limited_by === null);
  if (fit.length === 0) return [];
  const most = Math.max(...fit.map(({ events_per_s }) => events_per_s));
  const how = mode === "step"
    ? "where all streams' tokens come in one burst a step"
    : "where streams' tokens come apart";
  return [
    `The client was within its limits up to ${fixed(most, 0)} token events/s ${how}.`,
  ];
}

/** The load that gave the ceiling, as streams and their speed. */
function streamsText(levels: Calibration["levels"], ceiling_events_per_s: number): string {
  const level = levels.find(({ events_per_s }) => events_per_s === ceiling_events_per_s);
  if (level === undefined) return "";
  return ` (${level.streams} streams × ${fixed(1000 / level.token_ms, 0)} tokens/s)`;
}
