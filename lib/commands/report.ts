/** `report`: one self-contained page from stored runs; needs no engine, no network. */
import { basename } from "node:path";
import { writeReport } from "@/report/write_report.ts";
import { readRun } from "./read_run.ts";

/** Writes `reports/<run>/` (or `output`) and prints the answer, then the page's path. */
export function report(dirs: string[], { output }: { output?: string }): number {
  const runs = dirs.map(readRun);
  for (const { run_id, problems } of runs) {
    for (const problem of problems) console.error(`${run_id}: ${problem}`);
  }
  const dir = output ?? `reports/${runs.map(({ dir }) => basename(dir)).join("+")}`;
  const { page, answer } = writeReport(runs, dir);
  for (const { text } of answer) console.log(text);
  console.log(page);
  return 0;
}
