/** Writes a report's files: `index.html`, `report.md` and each figure as SVG and PNG. */
import { join } from "node:path";
import { svgToPng } from "@/figures/png.ts";
import type { RunData } from "@/records/run_folder.ts";
import { renderHtml } from "./html_report.ts";
import { renderMarkdown } from "./markdown_report.ts";
import { figuresOf } from "./report_blocks.ts";
import { reportContent } from "./report_content.ts";
import { reportInput } from "./report_input.ts";

export interface WrittenReport {
  /** The page to open. */
  page: string;
  /** The first sentence of each use case's advice. */
  answer: string[];
}

/** Makes the report over `runs` in folder `dir`, over an older one if there is one. */
export function writeReport(runs: readonly RunData[], dir: string): WrittenReport {
  const input = reportInput(runs);
  const content = reportContent(input);
  const figures = join(dir, "figures");
  Deno.mkdirSync(figures, { recursive: true });
  for (const old of Deno.readDirSync(figures)) Deno.removeSync(join(figures, old.name));
  for (const { id, svg } of figuresOf(content)) {
    Deno.writeTextFileSync(join(figures, `${id}.svg`), svg);
    Deno.writeFileSync(join(figures, `${id}.png`), svgToPng(svg));
  }
  Deno.writeTextFileSync(join(dir, "report.md"), renderMarkdown(content));
  const searches = input.searches.map(({ sentence }) => sentence);
  const advice = input.advice.map(({ sentences }) => sentences[0]!.text);
  const page = join(dir, "index.html");
  Deno.writeTextFileSync(page, renderHtml(content));
  return { page, answer: [...searches, ...advice] };
}
