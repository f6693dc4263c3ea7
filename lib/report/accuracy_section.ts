/** How the entries answered the accuracy items, and which answers worse than another. */
import {
  type AccuracyFindings,
  type AccuracyPair,
  type AccuracyScore,
  FEWEST_ITEMS,
  worseEntries,
} from "@/analysis/accuracy.ts";
import { fixed } from "@/analysis/number_text.ts";
import {
  type Block,
  numberCell,
  numberColumn,
  type Section,
  section,
  textCell,
  textColumn,
} from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** A section for each run in which the items were asked. */
export function accuracySections({ accuracy, manifests }: ReportInput): Section[] {
  return manifests.flatMap(({ run_id }, i) => {
    const findings = accuracy?.get(run_id);
    if (findings === undefined || findings.scores.length === 0) return [];
    const several = manifests.length > 1;
    const title = `Accuracy${several ? ` (${run_id})` : ""}`;
    return [section(`accuracy${several ? `-${i + 1}` : ""}`, title, blocksOf(findings, i))];
  });
}

function blocksOf(findings: AccuracyFindings, index: number): Block[] {
  const worse = [...worseEntries(findings).values()];
  const few = findings.scores.some(({ items }) => items < FEWEST_ITEMS);
  return [
    {
      kind: "paragraph",
      text: "Short questions with one right answer, asked once of each entry before its first " +
        "trial, greedy, and counted right only if the answer is exactly that after normalisation. " +
        "They show whether engines serve a model alike, not how good the model is. An entry that " +
        "answers worse than another of the same model gets no verdict on speed.",
    },
    ...(few
      ? [{ kind: "paragraph" as const, text: `Fewer than ${FEWEST_ITEMS} items: too few to tell.` }]
      : []),
    ...(worse.length > 0
      ? [{
        kind: "box" as const,
        tone: "warning" as const,
        items: worse.map((why) => `No verdict on speed: ${why}.`),
      }]
      : []),
    { kind: "table", table: scoreTable(findings.scores, index) },
    ...(findings.pairs.length > 0
      ? [{ kind: "list" as const, items: findings.pairs.map(pairText) }]
      : []),
  ];
}

function scoreTable(scores: AccuracyScore[], index: number) {
  return {
    id: `accuracy-${index + 1}`,
    caption: "Right answers, with the 95 % interval of Clopper and Pearson.",
    columns: [
      textColumn("Entry"),
      numberColumn("Right", "higher is better"),
      numberColumn("Items"),
      numberColumn("Share", "%, higher is better"),
    ],
    rows: scores.map(({ entry, simulated, right, items, low, high }) => [
      textCell(simulated ? `${entry} (simulated)` : entry),
      numberCell(fixed(right, 0), right),
      numberCell(fixed(items, 0), items),
      {
        ...numberCell(fixed(100 * right / items, 1), right / items),
        note: `${fixed(100 * low, 1)} to ${fixed(100 * high, 1)}`,
      },
    ]),
  };
}

function pairText({ a, b, only_a, only_b, p, worse }: AccuracyPair): string {
  const verdict = worse === null ? "no difference seen" : `${worse} is worse`;
  return `${a} and ${b}: ${only_a} items only ${a} has right, ${only_b} only ${b}; ` +
    `McNemar's exact p ${p < 0.001 ? "< 0.001" : fixed(p, 3)}: ${verdict}.`;
}
