/** Run folders that a command line names. */
import { readRunFolder, type RunData } from "@/records/run_folder.ts";
import { UsageError } from "./usage_error.ts";

/** The run in `dir`. Throws `UsageError` when it is no run folder. */
export function readRun(dir: string): RunData {
  try {
    return readRunFolder(dir);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
