/** The run folder that a command is to make. */
import { refuseIfUsed } from "@/records/run_folder.ts";
import { UsageError } from "./usage_error.ts";

/** Throws `UsageError` unless `output` is absent or empty. */
export function usableOutput(output: string): void {
  try {
    refuseIfUsed(output);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
