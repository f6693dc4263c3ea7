/** Runs of a few requests, whole in memory, for tests that look at single requests. */
import { readRunFolder, type RunData } from "@/records/run_folder.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { allRequests } from "@/records/trial_requests.ts";

export type WholeRun = Omit<RunData, "requests"> & { requests: RequestRecord[] };

export function readWholeRun(dir: string): WholeRun {
  const run = readRunFolder(dir);
  return { ...run, requests: allRequests(run.requests) };
}
