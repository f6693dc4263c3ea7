/** The answer: verdict and advice, use case by use case, real and simulated engines apart. */
import type { Advice } from "@/analysis/advice.ts";
import type { AdviceSentence } from "@/analysis/advice_sentence.ts";
import { counted, listed } from "@/analysis/number_text.ts";
import { evidenceLinks } from "./anchors.ts";
import { type LevelRow, MEASURED_HERE } from "@/analysis/summary_row.ts";
import type { Block, LinkedSentence, Section } from "./report_blocks.ts";
import { section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** What heads everything that stands on simulated engines. */
export const SIMULATED_NOTE =
  "These engines are simulated: small programs that imitate the wire formats. Their numbers say nothing about the real products.";

/** The first section of a report. */
export function answerSection(input: ReportInput): Section {
  const groups = [false, true].filter((simulated) =>
    input.levels.some((row) => row.simulated === simulated) ||
    input.searches.some((found) => found.simulated === simulated)
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
    failedGates(input),
    groups.map((simulated) => groupOf(input, simulated)),
  );
}

function groupOf(input: ReportInput, simulated: boolean): Section {
  const name = simulated ? "simulated" : "real";
  const own = input.advice.map((advice, i) => ({ advice, i }))
    .filter(({ advice }) => advice.simulated === simulated);
  const blocks: Block[] = simulated ? [{ kind: "paragraph", text: SIMULATED_NOTE }] : [];
  if (own.length === 0 && !input.searches.some((found) => found.simulated === simulated)) {
    blocks.push({ kind: "box", tone: "answer", items: [whyNone(input, simulated)] });
  }
  const title = simulated ? "Simulated engines" : capital(realTitle(input.levels));
  const parts = own.map(({ advice, i }) => useCaseOf(input, advice, i));
  blocks.push(...searchBlocks(input, simulated));
  return section(`answer-${name}`, title, blocks, parts);
}

function searchBlocks({ searches }: ReportInput, simulated: boolean): Block[] {
  return searches.flatMap((found, i): Block[] => {
    if (found.simulated !== simulated) return [];
    const text = simulated ? `Simulated: ${found.sentence}` : found.sentence;
    const links = [{ text: "search", target: `search-${i + 1}` }];
    const tone = simulated ? "simulated" : "answer";
    return [{ kind: "sentences", tone, items: [{ label: null, text, links }] }];
  });
}

const LABELS: Record<AdviceSentence["about"], string> = {
  answer: "Answer",
  conditions: "Conditions",
  "would change": "What would change it",
  cost: "Cost",
  next: "Next experiment",
};

function useCaseOf(input: ReportInput, advice: Advice, index: number): Section {
  const found = input.recommendations[index]!;
  const linked = (sentence: AdviceSentence, label: string | null): LinkedSentence => ({
    label,
    text: sentence.text,
    links: evidenceLinks(input, found, sentence.evidence),
  });
  const answers = advice.sentences.filter(({ about }) => about === "answer");
  const rest = advice.sentences.filter(({ about }) => about !== "answer");
  const firstOf = (sentence: AdviceSentence, i: number) =>
    rest[i - 1]?.about === sentence.about ? null : LABELS[sentence.about];
  const run = input.manifests.length > 1 ? `${advice.run_id}, ` : "";
  const id = `answer-${
    advice.simulated ? "simulated" : "real"
  }-${advice.run_id}-${advice.use_case}`;
  return section(id.replace(/[^A-Za-z0-9_]+/g, "-"), `${run}${advice.title}`, [
    {
      kind: "sentences",
      tone: advice.simulated ? "simulated" : "answer",
      items: answers.map((sentence) => linked(sentence, null)),
    },
    {
      kind: "sentences",
      tone: null,
      items: rest.map((sentence, i) => linked(sentence, firstOf(sentence, i))),
    },
  ]);
}

/** One line on top of everything where gates failed; the warnings tell each. */
function failedGates(input: ReportInput): Block[] {
  const trials = input.summary.filter(({ role }) => role === "compared");
  const said = (["INVALID", "SUSPECT"] as const).flatMap((verdict) => {
    const found = trials.filter((row) => row.verdict === verdict);
    if (found.length === 0) return [];
    const gates = new Set(
      found.flatMap((row) => row.gates.filter(({ pass }) => !pass).map(({ gate }) => gate)),
    );
    return [
      `${found.length} of ${counted(trials.length, "trial")} ${verdict} (${listed([...gates])})`,
    ];
  });
  const unlike = input.comparisons.filter(({ gates }) =>
    gates.some(({ pass, fails_to }) => !pass && fails_to === "not comparable")
  );
  if (unlike.length > 0) said.push(`${counted(unlike.length, "comparison")} of unlike work`);
  if (said.length === 0) return [];
  return [{
    kind: "sentences",
    tone: "warning",
    items: [{
      label: null,
      text: `Failed gates: ${said.join("; ")}.`,
      links: [{ text: "warnings", target: "warnings" }],
    }],
  }];
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
  const rows = input.levels.filter((row) => row.simulated === simulated);
  const engines = new Set(rows.map((row) => row.engine));
  if (engines.size > 1 && rows.every(({ measured_by }) => measured_by !== MEASURED_HERE)) {
    return "The imported results stand side by side and are not compared: no two entries have 2 repeats with a usable value at the same load.";
  }
  return engines.size < 2
    ? "Only one entry was measured here, so there is nothing to compare it with."
    : "No comparison could be made from these trials.";
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
