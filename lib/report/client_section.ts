/** Whether the client was fit: what it made of streams of known truth beside the load. */
import { counted, fixed, listed } from "@/analysis/number_text.ts";
import { DEFAULT_MARGINS } from "@/config/use_case_schema.ts";
import { loadText } from "@/analysis/load_axis.ts";
import type { SummaryRow } from "@/analysis/summary_row.ts";
import type { Manifest } from "@/records/manifest.ts";
import { ceilingText, serverText } from "./calibration_page.ts";
import { type Block, numberCell, numberColumn, type ReportTable } from "./report_blocks.ts";
import { type Section, section, textCell, textColumn } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** The section; none for runs that are older than the check. */
export function clientSection(input: Pick<ReportInput, "manifests" | "summary">): Section[] {
  const runs = input.manifests.filter(({ client_check }) => client_check !== undefined);
  if (runs.length === 0) return [];
  const watched = input.summary.filter(({ canary_requests }) => (canary_requests ?? 0) > 0);
  const blocks: Block[] = [
    {
      kind: "paragraph",
      text:
        "Beside the load of each trial one stream at a time goes to a server of known truth, over the same code and in the same event loop (with several workers, the first one's; lag is then the worst one's). What the client says of it is compared with what that server wrote down as it sent; nothing is deducted from the results. An error above a tenth of what a user would care about (" +
        `${marginsText(runs)}) makes a trial SUSPECT, above a third INVALID.`,
    },
    { kind: "list", items: runs.flatMap((run) => runItems(run, runs.length > 1)) },
    ...[false, true].flatMap((simulated): Block[] => {
      const rows = watched.filter((row) => row.simulated === simulated);
      return rows.length === 0 ? [] : [{ kind: "table", table: canaryTable(rows, simulated) }];
    }),
  ];
  return [section("client", "Was the client fit?", blocks)];
}

/** The margins of all runs, which may differ. */
function marginsText(runs: readonly Manifest[]): string {
  const texts = runs.map(({ config }) => config.benchmark.margins ?? DEFAULT_MARGINS)
    .map(({ ttft_percent, tpot_percent }) =>
      `${ttft_percent} % of TTFT, ${tpot_percent} % of TPOT`
    );
  return [...new Set(texts)].join("; in another run ");
}

function runItems({ run_id, client_check }: Manifest, several: boolean): string[] {
  const { canary, calibration } = client_check!;
  const where = several ? ` (${run_id})` : "";
  const levels =
    calibration?.levels.map((level) =>
      `${level.streams} streams, ${level.mode}: |TTFT error| ${
        fixed(level.ttft_error_ms.p50, 2)
      } / ${fixed(level.ttft_error_ms.p99, 2)} ms (p50 / p99), |TPOT error| ${
        fixed(100 * level.tpot_error_share.p50, 2)
      } %`
    ) ?? [];
  return [
    canary.startsWith("none") ? `Canary${where}: ${canary}.` : `The server ran ${canary}${where}.`,
    calibration === null
      ? `Not calibrated before the run${where}.`
      : `Calibrated before the run${where}: ${
        [ceilingText(calibration), ...serverText(calibration)].join(" ")
      } Tried: ${listed(levels)}.`,
  ];
}

function canaryTable(rows: SummaryRow[], simulated: boolean): ReportTable {
  const groups = Map.groupBy(rows, (row) => `${row.engine} ${row.workload} ${row.load}`);
  return {
    id: simulated ? "canary-simulated" : "canary-real",
    caption: `The client's errors on known truth beside the load${
      simulated ? " of simulated engines" : ""
    }: the trial in the middle, and the worst`,
    columns: [
      textColumn("Engine"),
      textColumn("Load"),
      numberColumn("Streams"),
      numberColumn("TTFT error p50", "ms"),
      numberColumn("of the trial's own", "%"),
      numberColumn("TPOT error p50", "%"),
      numberColumn("Lag p99 of the event loop", "ms"),
    ],
    rows: [...groups.values()].map((members) => {
      const [row] = members;
      const streams = members.reduce((sum, each) => sum + each.canary_requests!, 0);
      const cell = (decimals: number, value: (row: SummaryRow) => number | null) =>
        middleAndWorst(members.map(value), decimals);
      return [
        textCell(simulated ? `${row!.engine} (simulated)` : row!.engine),
        textCell(loadText(row!)),
        numberCell(fixed(streams, 0), streams),
        cell(2, (each) => each.canary_ttft_error_ms_p50),
        cell(
          2,
          ({ canary_ttft_error_ms_p50: error, ttft_ms_p50: own }) =>
            error === null || own === null ? null : 100 * error / own,
        ),
        cell(3, ({ canary_tpot_error_share_p50: share }) => share === null ? null : 100 * share),
        cell(1, (each) => each.event_loop_lag_ms_p99),
      ];
    }),
  };
}

function middleAndWorst(values: (number | null)[], decimals: number) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return numberCell("–", null);
  const middle = known[Math.floor((known.length - 1) / 2)]!;
  const note = known.length === 1 ? null : `worst ${fixed(known.at(-1)!, decimals)}`;
  return { ...numberCell(fixed(middle, decimals), middle), note };
}

/** What a reader must know of a check that did not happen, or found the client wanting. */
export function clientWarnings({ manifests, summary }: Pick<ReportInput, "manifests" | "summary">) {
  const said: string[] = [];
  for (const { run_id, client_check } of manifests) {
    const where = manifests.length > 1 ? ` (${run_id})` : "";
    if (client_check?.canary.startsWith("none")) {
      said.push(`No stream of known truth ran beside the load${where}: ${client_check.canary}.`);
    }
    if (client_check?.calibration === null) {
      said.push(`The client was not calibrated before the run${where}.`);
    } else if (client_check?.calibration.ceiling_events_per_s === null) {
      said.push(`Calibration before the run${where}: ${ceilingText(client_check.calibration)}`);
    }
  }
  const without = summary.filter(({ canary_requests }) => canary_requests === 0).length;
  if (without > 0) {
    said.push(
      `In ${
        counted(without, "trial")
      } no stream of known truth came through, so the client's error is not known there.`,
    );
  }
  return said;
}
