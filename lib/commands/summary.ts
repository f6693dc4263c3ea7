/** `summary`: one row a trial, for people or for machines. */
import { summarize } from "@/analysis/summary.ts";
import { summaryCsv, summaryTable } from "@/analysis/summary_text.ts";
import { readRun } from "./read_run.ts";

/** Prints the run's rows to stdout as JSON, CSV or a table; problems go to stderr. */
export function summary(dir: string, { json, csv }: { json?: boolean; csv?: boolean }): number {
  const run = readRun(dir);
  for (const problem of run.problems) console.error(problem);
  const rows = summarize(run);
  if (json) console.log(JSON.stringify(rows, null, 2));
  else if (csv) console.log(summaryCsv(rows));
  else console.log(summaryTable(rows));
  return 0;
}
