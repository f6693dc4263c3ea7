/** Puts the arm into every title, since a verdict under equal settings is no advice on tuned ones. */
import { sharedArm } from "@/analysis/parity.ts";
import type { Arm } from "@/config/settings.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { Block, ReportContent, Section } from "./report_blocks.ts";

/** Sections whose titles speak of results. */
const OF_RESULTS = /^(answer|comparison|real-|simulated-|recommend)/;

/** The content with the arm that all runs share in its titles; unchanged where they state none. */
export function withArmTitles(
  content: ReportContent,
  manifests: readonly Manifest[],
): ReportContent {
  const [arm = null, ...others] = new Set(manifests.map(sharedArm));
  if (arm === null || others.length > 0) return content;
  return {
    ...content,
    title: marked(content.title, arm),
    sections: content.sections.map((each) => sectionOf(each, arm)),
  };
}

function sectionOf(of: Section, arm: Arm): Section {
  return {
    ...of,
    title: OF_RESULTS.test(of.id) ? marked(of.title, arm) : of.title,
    blocks: of.blocks.map((block) => blockOf(block, arm)),
    sections: of.sections.map((each) => sectionOf(each, arm)),
  };
}

function blockOf(block: Block, arm: Arm): Block {
  if (block.kind === "details") {
    return { ...block, blocks: block.blocks.map((each) => blockOf(each, arm)) };
  }
  if (block.kind !== "figures") return block;
  const figures = block.figures.map((figure) => ({
    ...figure,
    title: marked(figure.title, arm),
    alt: marked(figure.alt, arm),
  }));
  return { ...block, figures };
}

const WORDS: Record<Arm, string> = {
  equalised: "settings equalised",
  shipped: "engines' own defaults",
  tuned: "tuned",
};

function marked(title: string, arm: Arm): string {
  return `${title} [${WORDS[arm]}]`;
}
