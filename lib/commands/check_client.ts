/** The short calibration that stands next to each run. */
import type { PlannedTrial } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { Machine } from "@/records/manifest.ts";
import { comparableStreams, shortSteps } from "@/run/calibration.ts";
import { calibrateClient } from "@/run/calibrate_client.ts";
import { truthCores } from "@/run/known_truth.ts";
import type { Pinning } from "@/run/pinning.ts";
import type { Progress } from "@/run/progress.ts";
import { openable, openTruthSource } from "./truth_source.ts";

const LONGEST_S = 20;

/** At 1.5 times the tokens of the plan's highest load; null, with a line that says why, where it does not come through. */
export async function shortCalibration(
  config: Config,
  trials: readonly PlannedTrial[],
  { machine, pinning, signal, progress }: {
    machine: Machine;
    pinning: Pinning;
    signal: AbortSignal;
    progress: Progress;
  },
): Promise<Calibration | null> {
  const { search, max_tokens } = config.benchmark;
  // A search plans its trials as it goes.
  const searched = trials.length === 0 && search
    ? { max_rate_per_s: search.max_rate_per_s, max_tokens }
    : undefined;
  const { cores } = truthCores(pinning, machine.cores);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_S * 1000)]);
  try {
    await using source = await openTruthSource(cores);
    return await calibrateClient({
      steps: await openable(shortSteps(comparableStreams(trials, searched))),
      until: "passed",
      tries: 1,
      source,
      machine,
      signal: limited,
      say: (line) => progress.say(`client: ${line}`),
    });
  } catch (error) {
    const why = limited.aborted && !signal.aborted
      ? `it took more than ${LONGEST_S} s`
      : (error as Error).message;
    progress.say(`client: not calibrated: ${why}`);
    return null;
  }
}
