/** Runs of a few requests, whole in memory, for tests that look at single requests. */
import { readRunFolder, type RunData } from "@/records/run_folder.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { allRequests, heldRequests } from "@/records/trial_requests.ts";

export type WholeRun = Omit<RunData, "requests"> & { requests: RequestRecord[] };

/** A run as the analysis takes it, which may outlive its folder. */
export function readHeldRun(dir: string): RunData {
  const run = readRunFolder(dir);
  return { ...run, requests: heldRequests(allRequests(run.requests)) };
}

export function readWholeRun(dir: string): WholeRun {
  const run = readRunFolder(dir);
  return { ...run, requests: allRequests(run.requests) };
}
