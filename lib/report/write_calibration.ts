/** Writes a calibration's files: the record itself, a page and its figure as SVG and PNG. */
import { join } from "node:path";
import { walkFigures } from "@/figures/client_errors.ts";
import { svgToPng } from "@/figures/png.ts";
import { type Calibration, storeCalibration } from "@/records/calibration_record.ts";
import { calibrationPage } from "./calibration_page.ts";
import { renderMarkdown } from "./markdown_report.ts";
import { figuresOf } from "./report_blocks.ts";

/** Over older files of the same folders; gives the paths of the record and of the page. */
export function writeCalibration(
  calibration: Calibration,
  { data, report }: { data: string; report: string },
): { record: string; page: string } {
  const content = calibrationPage(calibration, walkFigures(calibration));
  Deno.mkdirSync(join(report, "figures"), { recursive: true });
  const record = storeCalibration(calibration, data);
  const page = join(report, "calibration.md");
  Deno.writeTextFileSync(page, renderMarkdown(content));
  for (const { id, svg } of figuresOf(content)) {
    Deno.writeTextFileSync(join(report, "figures", `${id}.svg`), svg);
    Deno.writeFileSync(join(report, "figures", `${id}.png`), svgToPng(svg));
  }
  return { record, page };
}
