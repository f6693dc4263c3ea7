/** `report`: one self-contained page from stored runs; needs no engine, no network. */
import { basename } from "node:path";
import { writeReport } from "@/report/write_report.ts";
import { readRun, tellProblems } from "./read_run.ts";
import { UsageError } from "./usage_error.ts";

/** Writes `reports/<run>/` (or `output`) and prints the answer, then the page's path. */
export function report(dirs: string[], { output }: { output?: string }): number {
  const runs = dirs.map(readRun);
  refuseSameNames(runs);
  refuseElsewhere(output);
  const dir = output ?? `reports/${runs.map(({ dir }) => basename(dir)).join("+")}`;
  const { page, answer } = writeReport(runs, dir);
  tellProblems(runs);
  for (const text of answer) console.log(text);
  console.log(page);
  return 0;
}

/** Runs are told apart by their folders' names. */
function refuseSameNames(runs: { run_id: string; dir: string }[]): void {
  for (const [name, same] of Map.groupBy(runs, ({ run_id }) => run_id)) {
    if (same.length === 1) continue;
    const folders = same.map(({ dir }) => dir).join(" and ");
    throw new UsageError(
      `${folders} are both called ${name}; give each run once, under a name of its own`,
    );
  }
}

/** The task may write below reports/ only. */
function refuseElsewhere(output: string | undefined): void {
  if (output === undefined) return;
  const { state } = Deno.permissions.querySync({ name: "write", path: output });
  if (state === "granted") return;
  throw new UsageError(
    `--output ${output}: \`report\` may write below reports/ only; name a folder there`,
  );
}
