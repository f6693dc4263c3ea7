/** A report as Markdown that can be pasted into GitHub; figures are files beside it. */
import type { Figure } from "@/figures/figure.ts";
import { figureTable } from "./figure_table.ts";
import { escaped } from "./html_text.ts";
import type { Block, ReportCell, ReportContent, ReportTable, Section } from "./report_blocks.ts";

/** The whole page; each figure is linked as `figures/<id>.svg`. */
export function renderMarkdown(content: ReportContent): string {
  const parts = [
    `# ${inline(content.title)}`,
    ...(content.question === null ? [] : [inline(content.question)]),
    inline(content.subtitle),
    ...content.sections.map((part) => sectionText(part, 2)),
  ];
  return parts.join("\n\n") + "\n";
}

/** Text in which nothing is taken for Markdown or HTML. */
export function inline(text: string): string {
  return text.replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~$]/g, "\\$&")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replace(/^(\d+)([.)] )/, "$1\\$2").replace(/^([#+-])(?= )/, "\\$1");
}

function sectionText(part: Section, level: number): string {
  return [
    `<a id="${escaped(part.id)}"></a>`,
    `${"#".repeat(level)} ${inline(part.title)}`,
    ...part.blocks.map(blockText),
    ...part.sections.map((inner) => sectionText(inner, level + 1)),
  ].join("\n\n");
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return inline(block.text);
    case "list":
      return block.items.map((item) => `- ${inline(item)}`).join("\n");
    case "box":
      return block.items.map((item) => `> ${inline(item)}`).join("\n>\n");
    case "sentences":
      return sentencesText(block);
    case "link":
      return `[${inline(block.text)}](#${block.target})`;
    case "facts":
      return block.facts.map(([label, value]) => `- **${inline(label)}**: ${inline(value)}`)
        .join("\n");
    case "table":
      return tableText(block.table);
    case "figures":
      return block.figures.map(figureText).join("\n\n");
    case "code":
      return fenced(block.language, block.text);
    case "details":
      return folded(block.summary, block.blocks.map(blockText).join("\n\n"));
  }
}

function sentencesText({ tone, items }: Extract<Block, { kind: "sentences" }>): string {
  const lines = items.map(({ label, text, links }) => {
    const named = label === null ? "" : `**${inline(label)}.** `;
    const shown = links.map((link) => ` [${inline(link.text)}](#${link.target})`).join("");
    return `${named}${inline(text)}${shown === "" ? "" : ` (${shown.trim()})`}`;
  });
  return lines.map((line) => tone === null ? line : `> ${line}`).join(
    tone === null ? "\n\n" : "\n>\n",
  );
}

function figureText(figure: Figure): string {
  return [
    `![${inline(figure.alt)}](figures/${figure.id}.svg)`,
    `**${inline(figure.finding)}** ${inline([figure.how_to_read, ...figure.missing].join(" "))}`,
    folded(`Numbers of ${figure.title}`, tableText(figureTable(figure))),
  ].join("\n\n");
}

function tableText(table: ReportTable): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    inline(table.caption),
    "",
    line(
      table.columns.map(({ label, note }) => inline(note === null ? label : `${label} (${note})`)),
    ),
    line(table.columns.map(({ align }) => align === "end" ? "---:" : ":---")),
    ...table.rows.map((row) => line(row.map(cellText))),
  ].join("\n");
}

function cellText({ text, note, mark }: ReportCell): string {
  const value = inline(text) + (note === null ? "" : ` (${inline(note)})`);
  return mark === null ? value : `**${inline(mark)}** ${value}`;
}

function folded(summary: string, text: string): string {
  return `<details><summary>${escaped(summary)}</summary>\n\n${text}\n\n</details>`;
}

function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
