/** `import`: result files of other tools become a run folder. */
import { summarize } from "@/analysis/summary.ts";
import { summaryTable } from "@/analysis/summary_text.ts";
import { type FileToImport, importFiles } from "@/import/import_files.ts";
import { READERS } from "@/import/readers.ts";
import { refuseIfUsed } from "@/records/run_folder.ts";
import { readRun } from "./read_run.ts";
import { UsageError } from "./usage_error.ts";

export interface ImportCommand {
  output: string;
  engine?: string;
  tool?: string;
  concurrency?: string;
}

/**
 * Writes the run folder and prints its rows, then its path as the last line. Files that could not be
 * read are named on stderr and make the exit code 1. Throws `UsageError` if none could.
 */
export async function importResults(
  words: string[],
  { output, engine, tool, concurrency }: ImportCommand,
  argv: string[],
): Promise<number> {
  refuseUsed(output);
  const { run, problems } = await importFiles(words.map((word) => fileOf(word, engine)), {
    output,
    tool: toolOf(tool),
    concurrency: usersOf(concurrency),
    argv: argv.map(withoutFolder),
    now: new Date(),
  });
  if (run === null) {
    throw new UsageError(
      `nothing was imported:\n${problems.map(({ sentence }) => sentence).join("\n")}`,
    );
  }
  for (const { sentence } of problems) console.error(`not imported: ${sentence}`);
  console.log(summaryTable(summarize(readRun(output))));
  console.log(output);
  return problems.length === 0 ? 0 : 1;
}

/** `ENTRY=FILE` or `FILE`; a file of that whole name is a file. */
function fileOf(word: string, engine: string | undefined): FileToImport {
  const [, entry, path] = word.match(/^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/) ?? [];
  if (entry === undefined || isThere(word)) return { path: word, entry: engine ?? null };
  return { path: path!, entry };
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function toolOf(tool: string | undefined): string | null {
  if (tool === undefined) return null;
  const known = READERS.map((reader) => reader.tool);
  if (known.includes(tool)) return tool;
  throw new UsageError(`--tool ${tool}: expected one of ${known.join(", ")}`);
}

function usersOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--concurrency ${text}: expected a whole number from 1 on`);
}

function refuseUsed(output: string): void {
  try {
    refuseIfUsed(output);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Folders of this machine say nothing to a reader elsewhere. */
function withoutFolder(word: string): string {
  return word.replace(/(^|=)(?:\.{0,2}\/)?(?:[^=]*\/)(?=[^/]+$)/, "$1");
}
