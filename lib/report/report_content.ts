/** Puts a report together from rows: what it says, in which order. Pure. */
import type { Manifest } from "@/records/manifest.ts";
import { listed } from "@/analysis/number_text.ts";
import { accuracySections } from "./accuracy_section.ts";
import { withArmTitles } from "./arm_titles.ts";
import { answerSection } from "./answer_section.ts";
import { clientSection } from "./client_section.ts";
import { comparisonSections } from "./comparison_section.ts";
import { importedSections } from "./imported_section.ts";
import { methodSection } from "./method_section.ts";
import { paritySections } from "./parity_section.ts";
import type { ReportContent } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";
import { searchSections } from "./search_section.ts";
import { setupSection } from "./setup_section.ts";
import { startupSections } from "./startup_section.ts";
import { summaryCsv } from "@/analysis/summary_text.ts";
import { tuningSections } from "./tuning_section.ts";
import { trialsSection } from "./trials_section.ts";
import { warningsSection } from "./warnings_section.ts";

/** The whole report as data; both renderers write out exactly this. */
export function reportContent(input: ReportInput): ReportContent {
  const { manifests } = input;
  const names = manifests.map((manifest) => manifest.run_id);
  const questions = [...new Set(manifests.flatMap((m) => m.config.question ?? []))];
  const content: ReportContent = {
    title: names.length === 0 ? "Inference benchmark" : `Inference benchmark: ${listed(names)}`,
    question: questions.length === 0 ? null : questions.join(" / "),
    subtitle: subtitleOf(manifests),
    sections: [
      answerSection(input),
      warningsSection(input),
      setupSection(input),
      ...searchSections(input),
      ...tuningSections(manifests),
      ...paritySections(input),
      ...accuracySections(input),
      ...importedSections(input),
      ...comparisonSections(input),
      ...startupSections(input),
      ...clientSection(input),
      trialsSection(input),
      methodSection(input),
    ],
    data: {
      name: names[0] ?? "benchmark",
      json: {
        advice: input.advice,
        levels: input.levels,
        comparisons: input.comparisons,
        searches: input.searches,
        trials: input.summary,
      },
      csv: summaryCsv(input.summary),
    },
  };
  return withArmTitles(content, manifests);
}

function subtitleOf(manifests: Manifest[]): string {
  const each = (get: (manifest: Manifest) => string) =>
    [...new Set(manifests.map(get))].join(" / ");
  return [
    each((m) =>
      [...new Set(Object.values(m.models).map((model) => model.split(",")[0]!))].join(", ")
    ),
    each((m) => m.machine.gpu ?? m.machine.cpu),
    each((m) => m.created_at.slice(0, 10)),
  ].filter((part) => part !== "").join(" · ");
}
