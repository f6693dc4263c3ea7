/**
 * Checks and runs the notebooks: `deno run -A lib/notebooks.ts [--check | --write] [FILES…]`.
 * Progress goes to stderr; the exit code is 1 when any notebook has a problem.
 */
import { Command, Option } from "commander";
import { basename } from "node:path";
import { checkNotebook } from "@/report/notebook/notebook_check.ts";
import { compareOutputs } from "@/report/notebook/notebook_diff.ts";
import { codeCells, formatNotebook, parseNotebook } from "@/report/notebook/notebook_file.ts";
import { formatSources } from "@/report/notebook/notebook_format.ts";
import { runNotebook } from "@/report/notebook/notebook_run.ts";

/** GitHub stops rendering somewhere below 1 MB. */
export const NOTEBOOK_BYTES_MAX = 500_000;

const FOLDER = "notebooks";
const HINT = "refresh it with --write";

export type Mode = "run" | "check" | "write";

/** Handles one notebook and returns its problems, one text each; empty when all is well. */
export async function processNotebook(
  path: string,
  mode: Mode,
  say: (line: string) => void = () => {},
): Promise<string[]> {
  const committed = await Deno.readTextFile(path);
  const cells = parseNotebook(path, committed);
  say(`${basename(path)}: checking and running ${codeCells(cells).length} cells`);
  const problems = await checkNotebook(path, cells);
  if (problems.length > 0) return problems;

  const formatted = await formatSources(path, committed);
  if (mode === "check" && formatted !== committed) {
    return [`${basename(path)} is not formatted; ${HINT}`];
  }
  const cellsToRun = parseNotebook(path, formatted);
  const written = formatNotebook(await runNotebook(path, cellsToRun));
  const tooLarge = sizeProblems(path, written);
  if (tooLarge.length > 0) return tooLarge;

  if (mode === "check") return differences(path, committed, written);
  if (mode === "write" && written !== committed) await Deno.writeTextFile(path, written);
  return [];
}

function sizeProblems(path: string, written: string): string[] {
  const bytes = new TextEncoder().encode(written).length;
  if (bytes <= NOTEBOOK_BYTES_MAX) return [];
  return [
    `${basename(path)} has ${bytes} bytes with its outputs, more than ${NOTEBOOK_BYTES_MAX}: ` +
    `show fewer or smaller figures`,
  ];
}

/** What `--check` finds between the committed text of a notebook and the text of a fresh run. */
export function differences(path: string, committed: string, written: string): string[] {
  const name = basename(path);
  const before = formatNotebook(parseNotebook(path, committed));
  const outputs = compareOutputs(parseNotebook(path, before), parseNotebook(path, written));
  if (outputs.length > 0) return outputs.map((difference) => `${name} ${difference}; ${HINT}`);
  const uncounted = committed.replace(/"execution_count": \d+/g, '"execution_count": null');
  if (before !== uncounted) return [`${name} is not in the form the runner writes; ${HINT}`];
  return [];
}

async function allNotebooks(): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(FOLDER));
  return entries.filter((entry) => entry.isFile && entry.name.endsWith(".ipynb"))
    .map((entry) => `${FOLDER}/${entry.name}`).sort();
}

async function main(args: string[]): Promise<number> {
  const command = new Command("notebooks")
    .description("check the types of every notebook and run it in a fresh Deno kernel")
    .argument("[files...]", `notebooks; without any, all of ${FOLDER}/`)
    .addOption(
      new Option("--check", "fail when outputs differ from the committed ones").conflicts("write"),
    )
    .addOption(new Option("--write", "store the fresh outputs").conflicts("check"))
    .parse(args, { from: "user" });
  const { check, write } = command.opts<{ check?: boolean; write?: boolean }>();
  const mode = check ? "check" : write ? "write" : "run";
  const files = command.args.length > 0 ? command.args : await allNotebooks();
  if (files.length === 0) console.error(`there is no notebook in ${FOLDER}/`);

  const problems: string[] = [];
  for (const file of files) {
    const found = await processNotebook(file, mode, console.error).catch((error) => [
      error.message,
    ]);
    for (const problem of found) console.error(`error: ${problem}`);
    problems.push(...found);
  }
  console.error(`${files.length} notebooks, ${problems.length} problems`);
  return problems.length > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
