/** What the search of the tuned arm tried before the study, all of it. */
import { COMPARED } from "@/analysis/compared_metrics.ts";
import { counted, fixed } from "@/analysis/number_text.ts";
import { askedSettings } from "@/config/settings.ts";
import type { PrimaryMetric } from "@/config/use_case_schema.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { CandidateRecord, TuningRecord } from "@/records/tuning_record.ts";
import { SIMULATED_NOTE } from "./answer_section.ts";
import {
  type Block,
  numberCell,
  numberColumn,
  type ReportTable,
  type Section,
  section,
  textCell,
  textColumn,
} from "./report_blocks.ts";

/** A section for each run that searched; none for the others. */
export function tuningSections(manifests: readonly Manifest[]): Section[] {
  const searched = manifests.flatMap(({ run_id, tuning }) => tuning ? [{ run_id, tuning }] : []);
  const several = searched.length > 1;
  return searched.map(({ run_id, tuning }, i) =>
    section(
      `tuning${several ? `-${i + 1}` : ""}`,
      `How the settings were chosen${several ? ` (${run_id})` : ""}`,
      blocksOf(tuning, i),
    )
  );
}

function blocksOf(tuning: TuningRecord, index: number): Block[] {
  const { candidates, recipes } = tuning;
  const pretended = candidates.some(({ simulated }) => simulated);
  const items = [
    ...rulesOf(tuning),
    ...(recipes.length === 0 ? [] : [
      `Without a search, as a recipe of their own: ${recipes.join(", ")}.`,
    ]),
  ];
  return [
    ...(pretended ? [{ kind: "paragraph" as const, text: SIMULATED_NOTE }] : []),
    { kind: "list", items },
    { kind: "table", table: candidateTable(tuning, index) },
  ];
}

function rulesOf({ minutes_per_entry, metric, load, use_case, seed, ...rest }: TuningRecord) {
  const { words } = COMPARED[metric as PrimaryMetric];
  const prompts = rest.prompt_ids.length === 0
    ? "prompts made up from it"
    : `${counted(rest.prompt_ids.length, "prompt")} that the study does not ask`;
  return [
    `Each entry that searched had ${
      Number(minutes_per_entry.toFixed(2))
    } minutes of the machine, divided evenly among its candidates, starts included.`,
    `A candidate's value is the median of its rounds: ${words} at ${load}, workload ${rest.workload}, as in the use case ${use_case}. One launch each, so the differences between candidates have no interval and are no result; the study measures the chosen ones afresh.`,
    `The search had seed ${seed} and ${prompts}. Its raw data are the run folder ${rest.run_id}.`,
  ];
}

function candidateTable(tuning: TuningRecord, index: number): ReportTable {
  const { label, unit, better, decimals } = COMPARED[tuning.metric as PrimaryMetric];
  return {
    id: `tuning-${index + 1}`,
    caption: "Every candidate that was tried, in the order in which they ran.",
    columns: [
      textColumn("Candidate"),
      textColumn("Settings"),
      numberColumn(label, `${unit}, ${better} is better`),
      numberColumn("Rounds"),
      numberColumn("Machine", "minutes given, and taken"),
      textColumn("Outcome"),
    ],
    rows: tuning.candidates.map((each) => [
      textCell(nameOf(each)),
      textCell(settingsText(each)),
      numberCell(each.value === null ? "–" : fixed(each.value, decimals), each.value),
      numberCell(String(each.rounds.length), each.rounds.length),
      { ...numberCell(fixed(each.minutes, 1), each.minutes), note: fixed(each.spent_minutes, 1) },
      {
        ...textCell(each.chosen ? "chosen" : each.why_not ?? "not the best"),
        note: each.left_out.length === 0 ? null : `left out: ${each.left_out.join("; ")}`,
      },
    ]),
  };
}

function nameOf({ name, simulated, stand_in }: CandidateRecord): string {
  return stand_in !== undefined ? `${name} (stand-in)` : simulated ? `${name} (simulated)` : name;
}

function settingsText({ settings, extra_args, env }: CandidateRecord): string {
  return [
    ...askedSettings(settings).map(([name, value]) => `${name} ${value}`),
    ...(extra_args.length === 0 ? [] : [extra_args.join(" ")]),
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ].join(", ") || "as the study's";
}
