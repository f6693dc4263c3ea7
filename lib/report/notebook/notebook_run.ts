/** Runs the code cells of a notebook, top to bottom, in a fresh Deno kernel. */
import { basename, dirname } from "node:path";
import { OutputCollector } from "./cell_outputs.ts";
import { type Execution, type Kernel, startKernel } from "./kernel.ts";
import { syntaxErrors } from "./notebook_check.ts";
import { type Cell, codeCells, isText, type Output } from "./notebook_file.ts";

const CELL_TIMEOUT_MS = 120_000;

export interface NotebookRunOptions {
  /** Added to the kernel's environment; how a notebook gets its parameters. */
  env?: Record<string, string>;
  cellTimeoutMs?: number;
}

/**
 * The cells with fresh outputs. Throws an Error that names notebook, cell and cause at the first
 * cell that fails, takes too long, or leaves an absolute path in its output.
 */
export async function runNotebook(
  path: string,
  cells: Cell[],
  options: NotebookRunOptions = {},
): Promise<Cell[]> {
  const env = options.env ?? {};
  await using kernel = await startKernel({ cwd: dirname(path) || ".", env });
  const collector = new OutputCollector();
  const fresh = cells.map((cell) => ({ ...cell, outputs: [] as Output[] }));
  for (const { cell, number } of codeCells(fresh)) {
    if (cell.source.trim() === "") continue;
    const where = `${basename(path)} cell ${number}`;
    const execution = await execute(kernel, where, cell, options.cellTimeoutMs ?? CELL_TIMEOUT_MS);
    cell.outputs = collector.collect(execution.outputs);
    const problem = await failureOf(path, cell, execution);
    if (problem !== null) throw new Error(`${where} failed: ${problem}`);
  }
  refuseAbsolutePaths(path, fresh);
  return fresh;
}

async function execute(
  kernel: Kernel,
  where: string,
  cell: Cell,
  timeoutMs: number,
): Promise<Execution> {
  try {
    return await kernel.execute(cell.source, timeoutMs);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
}

/**
 * Why the cell failed, or null. An error output counts even when the reply is "ok". The kernel
 * says only "Execution failed" when it could not parse a cell, so that one is parsed again here.
 */
async function failureOf(path: string, cell: Cell, execution: Execution): Promise<string | null> {
  const error = cell.outputs.find((output) => output.output_type === "error");
  if (error !== undefined) return errorText(error);
  if (execution.status === "ok") return null;
  const errors = await syntaxErrors(path, [cell]);
  if (errors.length === 0) return execution.errorText || "the kernel gave no reason";
  return errors.map((error) => error.replace(/^.* cell 1 line /, "line ")).join("\n");
}

function errorText(error: { ename: string; evalue: string; traceback: string[] }): string {
  const stack = error.traceback.join("\n").trim();
  const title = `${error.ename}: ${error.evalue}`;
  return stack.startsWith(title) ? stack : `${title}\n${stack}`.trim();
}

/** A path of this machine would be wrong for every reader and different after each run. */
function refuseAbsolutePaths(path: string, cells: Cell[]): void {
  const ours = [Deno.cwd(), Deno.env.get("HOME"), Deno.realPathSync(dirname(path) || ".")];
  for (const { cell, number } of codeCells(cells)) {
    const found = cell.outputs.flatMap(texts).map((text) => absolutePath(text, ours))
      .find((match) => match !== null);
    if (found) {
      throw new Error(
        `${basename(path)} cell ${number} shows the absolute path ${found} in its output: ` +
          `print a path relative to the repository, or none`,
      );
    }
  }
}

/** The first absolute path of a machine in a text, or null; `own` are folders of this one. */
export function absolutePath(text: string, own: (string | undefined)[]): string | null {
  const url = text.match(/file:\/\/\/[^\s"')]*/);
  if (url !== null) return url[0];
  const mine = own.find((folder) => folder && folder.length > 1 && text.includes(folder));
  if (mine !== undefined) return mine;
  const unix = text.match(
    /(?<![\w.:\/-])\/(?:home|Users|root|tmp|private|var|mnt|opt|usr|etc)\/[^\s"')]*/,
  );
  const windows = text.match(/(?<!\w)[A-Za-z]:\\[^\s"')]+/);
  return unix?.[0] ?? windows?.[0] ?? null;
}

function texts(output: Output): string[] {
  if (output.output_type === "stream") return [output.text];
  if (output.output_type === "error") return [output.evalue, ...output.traceback];
  return Object.entries(output.data)
    .filter(([mime]) => isText(mime) || mime.endsWith("json"))
    .map(([, value]) => typeof value === "string" ? value : JSON.stringify(value));
}
