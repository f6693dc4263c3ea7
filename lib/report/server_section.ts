/** The server's own account beside the client's: an audit of the numbers, not a result. */
import { counted, fixed } from "@/analysis/number_text.ts";
import type { ServerTimeRow } from "@/analysis/server_times.ts";
import type { SummaryRow } from "@/analysis/summary_row.ts";
import { clientMinusServer } from "@/figures/client_minus_server.ts";
import { figureId, type FigureOptions } from "@/figures/figure.ts";
import { trialTimeline } from "@/figures/trial_timeline.ts";
import { type Block, type Section, section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

type Told = Pick<ReportInput, "summary" | "server_times" | "timelines">;

/** The audit of one comparison's workload; none where no server told anything and no trial ran. */
export function serverSections(input: Told, options: FigureOptions, said: string): Section[] {
  const blocks: Block[] = [
    { kind: "paragraph", text: runningSentence(input.summary) },
    ...timesSentences(input.server_times).map((text) => ({ kind: "paragraph" as const, text })),
  ];
  const figure = clientMinusServer(input.server_times, options);
  if (figure !== null) blocks.push({ kind: "figures", figures: [figure] });
  const drawn = input.timelines.map((timeline) => trialTimeline(timeline, options));
  if (drawn.length > 0) {
    blocks.push({
      kind: "details",
      summary: "Timeline of one trial at the highest level",
      blocks: [{ kind: "figures", figures: drawn.slice(0, 1) }],
    });
  }
  const silent = input.summary.every(({ server_running_mean }) => server_running_mean === null);
  if (silent && figure === null && drawn.length === 0) return [];
  return [section(figureId(options, "server-audit"), `The server's own account${said}`, blocks)];
}

/** Whether the servers ran what the client had in flight. */
function runningSentence(summary: readonly SummaryRow[]): string {
  const gates = summary.map(({ gates }) => gates.find(({ gate }) => gate === "running_on_server"));
  const limited = gates.filter((gate) => gate?.pass === false).length;
  const judged = gates.filter((gate) => gate && /\d+ samples\)$/.test(String(gate.value))).length;
  const unjudged = summary.length - judged;
  const rest = unjudged === 0
    ? ""
    : ` ${
      counted(unjudged, "trial")
    } could not be judged: the server told nothing, or fewer than 5 samples fell into the window.`;
  if (judged === 0) {
    return `Whether the servers really ran as many requests at once as the client had in flight is not known.${rest}`;
  }
  return `By the servers' own count ${fixed(judged - limited, 0)} of ${
    counted(judged, "judged trial")
  } ran at least 95 % of the asked-for requests at once; ${
    limited === 0 ? "none was" : `${fixed(limited, 0)} ${limited === 1 ? "was" : "were"}`
  } limited by the server's queue.${rest}`;
}

/** How far client and server agree, for each time that servers told. */
function timesSentences(rows: readonly ServerTimeRow[]): string[] {
  const names = { ttft: "TTFT from send", decode: "first to last token", tpot: "TPOT" };
  return Object.entries(names).flatMap(([time, name]) => {
    const members = rows.filter((row) => row.time === time);
    if (members.length === 0) return [];
    const medians = members.map(({ difference_ms }) => difference_ms.median);
    const [low, high] = [Math.min(...medians), Math.max(...medians)];
    const range = members.length === 1
      ? `${fixed(low, 2)} ms`
      : `${fixed(low, 2)} to ${fixed(high, 2)} ms`;
    const queue = members.some(({ without_queue }) => without_queue)
      ? " This server's value leaves out how long a request waited in it, so above its slots that wait is in the difference."
      : "";
    return [
      `Client minus server, ${name}: ${range} in the median over entries and levels.${queue}`,
    ];
  });
}
