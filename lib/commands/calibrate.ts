/** `calibrate`: how much load this machine's client measures right, as a file, a figure and a page. */
import { walkFigures } from "@/figures/client_errors.ts";
import { svgToPng } from "@/figures/png.ts";
import { calibrationPage } from "@/report/calibration_page.ts";
import { renderMarkdown } from "@/report/markdown_report.ts";
import { figuresOf } from "@/report/report_blocks.ts";
import { FULL_STEPS } from "@/run/calibration.ts";
import { calibrateClient } from "@/run/calibrate_client.ts";
import { describeMachine } from "@/run/machine.ts";
import { UsageError } from "./usage_error.ts";

const DATA = "data/calibration";
const REPORT = "reports/calibration";

export interface CalibrateOptions {
  most: string;
  serverCore?: string;
}

/** Gives the exit code: 0 when the client was fit at some load, else 1. */
export async function calibrate({ most, serverCore }: CalibrateOptions): Promise<number> {
  const steps = FULL_STEPS.filter(([load]) => load!.streams <= Number(most));
  if (steps.length === 0) {
    throw new UsageError(`--most ${most}: a number of at least ${FULL_STEPS[0]![0]!.streams}`);
  }
  const calibration = await calibrateClient({
    steps,
    // Some beyond the limit, to see how errors grow.
    until: { failed: 3 },
    tries: 2,
    cores: serverCore ?? null,
    machine: await describeMachine(),
    signal: new AbortController().signal,
    say: (line) => console.error(line),
  });
  const page = calibrationPage(calibration, walkFigures(calibration));
  Deno.mkdirSync(DATA, { recursive: true });
  Deno.mkdirSync(`${REPORT}/figures`, { recursive: true });
  const path = `${DATA}/calibration.json`;
  Deno.writeTextFileSync(path, `${JSON.stringify(calibration, null, 2)}\n`);
  Deno.writeTextFileSync(`${REPORT}/calibration.md`, renderMarkdown(page));
  for (const { id, svg } of figuresOf(page)) {
    Deno.writeTextFileSync(`${REPORT}/figures/${id}.svg`, svg);
    Deno.writeFileSync(`${REPORT}/figures/${id}.png`, svgToPng(svg));
  }
  console.error(page.question);
  console.log(`${path}\n${REPORT}/calibration.md`);
  return calibration.ceiling_events_per_s === null ? 1 : 0;
}
