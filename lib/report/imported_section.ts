/** What was imported from other tools: where from, what it cannot tell, and what the tools said. */
import { counted, fixed, listed } from "@/analysis/number_text.ts";
import type { ImportedTrial } from "@/records/imported_trial.ts";
import type { Manifest } from "@/records/manifest.ts";
import { numberCell, numberColumn, section, textCell, textColumn } from "./report_blocks.ts";
import type { Block, ReportTable, Section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** A section on the imported trials; none for own runs. */
export function importedSections({ manifests }: ReportInput): Section[] {
  const trials = manifests.flatMap(({ imported }) => imported ?? []);
  if (trials.length === 0) return [];
  return [
    section("imported", "Imported results", [
      {
        kind: "paragraph",
        text:
          "These trials were measured by other tools and imported from their result files. Where the files hold the times of single requests, every number is worked out anew by this project's definitions; a number that a file does not allow stays empty (–), whatever the tool itself printed.",
      },
      { kind: "table", table: sourceTable(trials) },
      ...limitsOf(trials),
      {
        kind: "details",
        summary: "As the tools themselves report it",
        blocks: [toldTable(trials)],
      },
    ]),
  ];
}

/** What stands in the place of a study's conditions. */
export function importedFacts(
  { config, created_at }: Manifest,
  trials: ImportedTrial[],
): [string, string][] {
  const said = trials.flatMap((trial) => trial.said);
  const labels = Map.groupBy(said, ([label]) => label);
  const levels = config.benchmark.concurrency_levels.map(String);
  return [
    ["Measured by", listed([...new Set(trials.map(({ measured_by }) => measured_by))])],
    ["Engine entries", listed(Object.keys(config.engines))],
    ["Load", `closed loop at ${listed(levels)} concurrent requests, as the tools say`],
    ["Machine, engine versions, launches, warm-up, prompts", "not known"],
    ["Imported", created_at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC")],
    ...[...labels].map(([label, facts]): [string, string] => [
      label,
      [...new Set(facts.map(([, text]) => text))].join("; "),
    ]),
  ];
}

function sourceTable(trials: ImportedTrial[]): ReportTable {
  return {
    id: "imported-files",
    caption: "Imported, measured by other tools: one row a trial",
    columns: ["Trial", "Measured by", "Files", "SHA-256"].map(textColumn),
    rows: trials.map(({ trial_id, measured_by, files }) => [
      textCell(trial_id),
      textCell(measured_by),
      textCell(files.map(({ name }) => name).join(", ")),
      textCell(files.map(({ sha256 }) => sha256.slice(0, 12)).join(", ")),
    ]),
  };
}

function limitsOf(trials: ImportedTrial[]): Block[] {
  const pairs = trials.flatMap(({ measured_by, limits }) =>
    limits.map((limit) => ({ measured_by, limit }))
  );
  const items = [...Map.groupBy(pairs, ({ limit }) => limit)].map(([limit, members]) => {
    const tools = [...new Set(members.map(({ measured_by }) => measured_by))];
    const where = members.length === trials.length
      ? ""
      : `, ${counted(members.length, "trial")} of ${trials.length}`;
    return `${listed(tools)}${where}: ${limit}`;
  });
  return [{ kind: "paragraph", text: "What the files do not tell, and what was made of it:" }, {
    kind: "list",
    items,
  }];
}

function toldTable(trials: ImportedTrial[]): Block {
  const table: ReportTable = {
    id: "imported-told",
    caption:
      "The tools' own numbers under their own names. They are not comparable between tools, nor with the other tables, unless the meaning is the same.",
    columns: [
      textColumn("Trial"),
      textColumn("Measured by"),
      textColumn("Its name"),
      numberColumn("Value"),
      textColumn("Unit"),
      textColumn("What the tool means"),
    ],
    rows: trials.flatMap(({ trial_id, measured_by, reported }) =>
      reported.map(({ name, value, unit, meaning }) => [
        textCell(trial_id),
        textCell(measured_by),
        textCell(name),
        numberCell(fixed(value, 2), value),
        textCell(unit),
        textCell(meaning),
      ])
    ),
  };
  return { kind: "table", table };
}
