/** How the servers started: seconds in each phase. */
import { metricText } from "@/analysis/number_text.ts";
import { PHASE_NAMES, type StartupRow } from "@/analysis/startup.ts";
import type { Spread } from "@/analysis/summary_row.ts";
import { startupPhases } from "@/figures/startup_phases.ts";
import { STARTUP_PHASES } from "@/records/startup_record.ts";
import { nameCell, spreadCell } from "./capacity_table.ts";
import { numberCell, numberColumn, section, textColumn } from "./report_blocks.ts";
import type { Block, ReportCell, ReportTable, Section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** One section for real and one for simulated entries, where their phases are on record. */
export function startupSections({ startups }: ReportInput): Section[] {
  return [false, true].flatMap((simulated) => {
    const rows = startups.filter((row) => row.simulated === simulated);
    if (rows.length === 0) return [];
    const name = simulated ? "simulated" : "real";
    const said = simulated ? " (simulated)" : "";
    const figure = startupPhases(rows, { idPrefix: name });
    const blocks: Block[] = [
      { kind: "table", table: phaseTable(rows, `startup-phases-${name}`, said) },
      ...(figure === null ? [] : [{ kind: "figures" as const, figures: [figure] }]),
    ];
    return [section(`startup-${name}`, `Start-up${said}`, blocks)];
  });
}

function phaseTable(rows: StartupRow[], id: string, said: string): ReportTable {
  const phases = PHASE_NAMES.filter((phase) => rows.some((row) => row.phases[phase] !== null));
  return {
    id,
    caption:
      `Seconds in each phase of the start${said}: median over launches, smallest and largest below. Ready is the time to the first completion.`,
    columns: [
      textColumn("Engine"),
      ...phases.map((phase) => {
        const text = STARTUP_PHASES[phase];
        return numberColumn(text[0]!.toUpperCase() + text.slice(1), "s");
      }),
      numberColumn("Ready", "s, lower is better"),
      numberColumn("Launches"),
    ],
    rows: rows.map((row) => [
      nameCell(row),
      ...phases.map((phase) => secondsCell(row.phases[phase], row.launches)),
      secondsCell(row.ready_s, row.launches),
      numberCell(String(row.launches), row.launches),
    ]),
  };
}

function secondsCell(spread: Spread | null, launches: number): ReportCell {
  const cell = spreadCell(spread, (value) => metricText("ready_s", value));
  return spread !== null && launches < 2 ? { ...cell, note: "1 launch" } : cell;
}
