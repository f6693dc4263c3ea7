/** The answer: the sentences of the analysis, real and simulated engines apart. */
import { type LevelRow, MEASURED_HERE } from "@/analysis/summary_row.ts";
import type { Block, Section } from "./report_blocks.ts";
import { section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** What heads everything that stands on simulated engines. */
export const SIMULATED_NOTE =
  "These engines are simulated: small programs that imitate the wire formats. Their numbers say nothing about the real products.";

/** The first section of a report. */
export function answerSection(input: ReportInput): Section {
  const groups = [false, true].filter((simulated) =>
    input.levels.some((row) => row.simulated === simulated) ||
    input.answer.some((sentence) => sentence.simulated === simulated)
  );
  if (groups.length === 0) {
    return section("answer", "The answer", [{
      kind: "box",
      tone: "answer",
      items: ["No trial was measured, so there is no answer. The warnings say what went wrong."],
    }]);
  }
  return section(
    "answer",
    "The answer",
    [],
    groups.map((simulated) => groupOf(input, simulated)),
  );
}

function groupOf(input: ReportInput, simulated: boolean): Section {
  const sentences = input.answer.filter((sentence) => sentence.simulated === simulated)
    .map((sentence) => sentence.text);
  const name = simulated ? "simulated" : "real";
  const blocks: Block[] = [{
    kind: "box",
    tone: simulated ? "simulated" : "answer",
    items: sentences.length > 0 ? sentences : [whyNone(input, simulated)],
  }];
  if (simulated) blocks.unshift({ kind: "paragraph", text: SIMULATED_NOTE });
  if (input.levels.some((row) => row.simulated === simulated)) {
    blocks.push({
      kind: "link",
      text: `Numbers and figures behind this${simulated ? " (simulated)" : ""}`,
      target: `comparison-${name}`,
    });
  }
  return section(
    `answer-${name}`,
    simulated ? "Simulated engines" : capital(realTitle(input.levels)),
    blocks,
  );
}

/**
 * How the group that is not simulated is called. What another tool measured may have been a stand-in,
 * so it is not called a real engine.
 */
export function realTitle(levels: readonly LevelRow[]): string {
  const rows = levels.filter(({ simulated }) => !simulated);
  const imported = rows.filter(({ measured_by }) => measured_by !== MEASURED_HERE);
  if (imported.length === 0) return "real engines";
  return imported.length === rows.length ? "imported results" : "real engines and imported results";
}

function whyNone(input: ReportInput, simulated: boolean): string {
  const engines = new Set(
    input.levels.filter((row) => row.simulated === simulated).map((row) => row.engine),
  );
  return engines.size < 2
    ? "Only one entry was measured here, so there is nothing to compare it with."
    : "No comparison could be made from these trials.";
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
