/** `summary`: one row a trial, for people or for machines. */
import { columnsTable } from "@/analysis/summary_columns.ts";
import { summarize } from "@/analysis/summary.ts";
import { summaryCsv, summaryParquet, summaryTable } from "@/analysis/summary_text.ts";
import { writeWhole } from "@/records/write_whole.ts";
import { readRun, tellProblems } from "./read_run.ts";
import { UsageError } from "./usage_error.ts";

export interface SummaryOptions {
  json?: boolean;
  csv?: boolean;
  parquet?: boolean;
  columns?: boolean;
}

/** Prints the run's rows to stdout as JSON, CSV, Parquet or a table; problems go to stderr. */
export function summary(dir: string | undefined, options: SummaryOptions): number {
  if (options.columns) {
    console.log(columnsTable());
    return 0;
  }
  if (dir === undefined) throw new UsageError("name a run folder, as printed by bench");
  const run = readRun(dir);
  const rows = summarize(run);
  tellProblems([run]);
  if (options.parquet) printBytes(summaryParquet(rows));
  else if (options.json) console.log(JSON.stringify(rows, null, 2));
  else if (options.csv) console.log(summaryCsv(rows));
  else console.log(summaryTable(rows));
  return 0;
}

function printBytes(bytes: Uint8Array): void {
  if (Deno.stdout.isTerminal()) {
    throw new UsageError(
      "--parquet writes a file's bytes to stdout; send it to one: > trials.parquet",
    );
  }
  writeWhole(Deno.stdout, bytes);
}
