/** The parts a report is made of: plain data that HTML and Markdown both write out. */
import type { Figure } from "@/figures/figure.ts";

export interface ReportContent {
  title: string;
  question: string | null;
  /** One line: machine, model, date. */
  subtitle: string;
  sections: Section[];
  /** What the download buttons give. */
  data: { name: string; json: unknown; csv: string };
}

export interface Section {
  /** Anchor; unique in the report. */
  id: string;
  title: string;
  blocks: Block[];
  sections: Section[];
}

export type Block =
  | { kind: "paragraph"; text: string }
  | { kind: "list"; items: string[] }
  | { kind: "box"; tone: "answer" | "simulated" | "warning" | "fine"; items: string[] }
  /** Sentences with links to what they stand on; in a box of that tone, or in none. */
  | {
    kind: "sentences";
    tone: "answer" | "simulated" | "warning" | null;
    items: LinkedSentence[];
  }
  | { kind: "link"; text: string; target: string }
  | { kind: "facts"; facts: [label: string, value: string][] }
  | { kind: "table"; table: ReportTable }
  | { kind: "figures"; figures: Figure[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "details"; summary: string; blocks: Block[] };

export interface LinkedSentence {
  /** In bold before it; null where it goes on with what the one before began. */
  label: string | null;
  text: string;
  links: ReportLink[];
}

export interface ReportLink {
  text: string;
  /** An anchor of the report. */
  target: string;
}

export interface ReportTable {
  id: string;
  caption: string;
  columns: ReportColumn[];
  rows: ReportCell[][];
}

export interface ReportColumn {
  label: string;
  /** Unit and direction, e.g. `ms, lower is better`. */
  note: string | null;
  align: "start" | "end";
}

export interface ReportCell {
  text: string;
  /** A smaller second line, such as a range. */
  note: string | null;
  /** Said in words beside the number; null for most cells. */
  mark: string | null;
  /** What the column is sorted by. */
  sort: number | string | null;
}

/** A cell of text. */
export function textCell(text: string): ReportCell {
  return { text, note: null, mark: null, sort: text };
}

/** A cell of a number already written out; null values sort last. */
export function numberCell(text: string, value: number | null): ReportCell {
  return { text, note: null, mark: null, sort: value };
}

/** A column of text. */
export function textColumn(label: string): ReportColumn {
  return { label, note: null, align: "start" };
}

/** A column of numbers with its unit and, where it has one, its direction. */
export function numberColumn(label: string, note: string | null = null): ReportColumn {
  return { label, note, align: "end" };
}

/** A section; without blocks of its own it only groups others. */
export function section(
  id: string,
  title: string,
  blocks: Block[],
  sections: Section[] = [],
): Section {
  return { id, title, blocks, sections };
}

/** All figures of a report, in reading order. */
export function figuresOf(content: ReportContent): Figure[] {
  const inBlocks = (blocks: Block[]): Figure[] =>
    blocks.flatMap((block) =>
      block.kind === "figures"
        ? block.figures
        : block.kind === "details"
        ? inBlocks(block.blocks)
        : []
    );
  const inSection = (part: Section): Figure[] => [
    ...inBlocks(part.blocks),
    ...part.sections.flatMap(inSection),
  ];
  return content.sections.flatMap(inSection);
}
