/** Run folders that a command line names. */
import { readRunFolder, type RunData } from "@/records/run_folder.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Says on stderr what of the runs was damaged or is unfinished. To be called when they have been read
 * as far as they are needed, since damage within a file shows only then.
 */
export function tellProblems(runs: readonly RunData[]): void {
  for (const { run_id, problems } of runs) {
    for (const problem of problems) console.error(`${run_id}: ${problem}`);
  }
}

/** The run in `dir`. Throws `UsageError` when it is no run folder. */
export function readRun(dir: string): RunData {
  try {
    return readRunFolder(dir);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
