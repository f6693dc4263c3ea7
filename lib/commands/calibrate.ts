/** `calibrate`: how much load this machine's client measures right, as a file, a figure and a page. */
import { CALIBRATION_FOLDER } from "@/records/calibration_record.ts";
import { ceilingText } from "@/report/calibration_page.ts";
import { writeCalibration } from "@/report/write_calibration.ts";
import { FULL_STEPS } from "@/run/calibration.ts";
import { calibrateClient } from "@/run/calibrate_client.ts";
import { describeMachine } from "@/run/machine.ts";
import { openable, openTruthSource } from "./truth_source.ts";
import { UsageError } from "./usage_error.ts";

const REPORT = "reports/calibration";

export interface CalibrateOptions {
  most: string;
  serverCore?: string;
}

/** Gives the exit code: 0 when the client was fit at some load, else 1. */
export async function calibrate({ most, serverCore }: CalibrateOptions): Promise<number> {
  const asked = FULL_STEPS.filter(([load]) => load!.streams <= Number(most));
  if (asked.length === 0) {
    throw new UsageError(`--most ${most}: a number of at least ${FULL_STEPS[0]![0]!.streams}`);
  }
  const steps = await openable(asked);
  if (steps.length < asked.length) {
    const [first] = asked[steps.length]!;
    console.error(
      `left out: ${
        first!.streams
      } streams and more, for which there are too few file descriptors ` +
        `(ulimit -Hn); raise the hard limit to try them`,
    );
  }
  await using source = await openTruthSource(serverCore ?? null);
  if (source.why !== null) console.error(`the server is the one in Deno: ${source.why}`);
  const calibration = await calibrateClient({
    steps,
    // Some beyond the limit, to see how errors grow.
    until: { failed: 3 },
    tries: 2,
    source,
    machine: await describeMachine(),
    signal: new AbortController().signal,
    say: (line) => console.error(line),
  });
  const { record, page } = writeCalibration(calibration, {
    data: CALIBRATION_FOLDER,
    report: REPORT,
  });
  console.error(ceilingText(calibration));
  console.log(`${record}\n${page}`);
  return calibration.ceiling_events_per_s === null ? 1 : 0;
}
