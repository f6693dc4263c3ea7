/**
 * Type-checks and lints the code cells of a notebook. Neither `deno check` nor `deno lint` reads
 * .ipynb, and the kernel itself checks no types and shows no syntax error.
 */
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cell, codeCells } from "./notebook_file.ts";

/**
 * The problems of a notebook, each as `file.ipynb cell N line L:C: message`; empty when it is
 * clean. All cells make one module, so a name may be declared once a notebook.
 */
export async function checkNotebook(path: string, cells: Cell[]): Promise<string[]> {
  return await withCellModule(path, cells, async (module) => {
    const check = await deno(["check", module.path], dirname(path));
    const types = check.success ? [] : checkProblems(check.stderr, module);
    const lint = await deno(lintArgs(module), dirname(path));
    return [...new Set([...types, ...lintProblems(lint.stdout, module)])];
  });
}

/** The syntax errors alone, found without resolving an import. */
export async function syntaxErrors(path: string, cells: Cell[]): Promise<string[]> {
  return await withCellModule(path, cells, async (module) => {
    const lint = await deno(lintArgs(module), dirname(path));
    return parseErrors(lint.stdout, module);
  });
}

interface CellModule {
  path: string;
  notebook: string;
  /** The cell's number for each line of the module, and the line in the cell. */
  places: { cell: number; line: number }[];
}

/** Cells joined in a file beside the notebook, where the cells' imports resolve; removed after use. */
async function withCellModule<T>(
  path: string,
  cells: Cell[],
  use: (module: CellModule) => Promise<T>,
): Promise<T> {
  const places: CellModule["places"] = [];
  const lines: string[] = [];
  for (const { cell, number } of codeCells(cells)) {
    for (const [i, line] of cell.source.split("\n").entries()) {
      lines.push(line);
      places.push({ cell: number, line: i + 1 });
    }
  }
  const prefix = `.${basename(path, ".ipynb")}-cells-`;
  const file = await Deno.makeTempFile({ dir: dirname(path), prefix, suffix: ".ts" });
  try {
    // Top-level await needs a module, and a file without imports is none.
    await Deno.writeTextFile(file, [...lines, "export {};", ""].join("\n"));
    return await use({ path: await Deno.realPath(file), notebook: path, places });
  } finally {
    await Deno.remove(file);
  }
}

function lintArgs(module: CellModule): string[] {
  // The value of a cell is its output, and a name may be for the reader's own cells.
  return ["lint", "--json", "--rules-exclude=no-unused-vars", module.path];
}

async function deno(
  args: string[],
  cwd: string,
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const env = { NO_COLOR: "1", RUST_BACKTRACE: "0" };
  const output = await new Deno.Command(Deno.execPath(), { args, cwd: cwd || ".", env }).output();
  const text = new TextDecoder();
  return {
    success: output.success,
    stdout: text.decode(output.stdout),
    stderr: text.decode(output.stderr),
  };
}

/** Each paragraph that ends in a position is one problem; with none, all that was said is one. */
function checkProblems(stderr: string, module: CellModule): string[] {
  const paragraphs = stderr.split(/\n\s*\n/);
  const problems = paragraphs.flatMap((paragraph) => {
    const at = paragraph.match(/at (file:\/\/\S+?):(\d+):(\d+)\s*$/);
    if (at === null) return [];
    const where = place(module, at[1]!, Number(at[2]), Number(at[3]));
    return [`${where}: ${headline(paragraph)}`];
  });
  return problems.length > 0 ? problems : [`${basename(module.notebook)}: ${stderr.trim()}`];
}

/** `TS2322 [ERROR]: text` or `error: SyntaxError: text`, without the excerpt that follows it. */
function headline(paragraph: string): string {
  const lines = paragraph.split("\n").filter((line) => !/^Check(ed)? /.test(line));
  return lines[0]!.replace(/ \[ERROR\]:/, "").replace(/^error: /, "");
}

interface LintReport {
  diagnostics: {
    filename: string;
    range: { start: { line: number; col: number } };
    message: string;
    code: string;
  }[];
  errors: { message: string }[];
}

function lintProblems(json: string, module: CellModule): string[] {
  const { diagnostics } = JSON.parse(json) as LintReport;
  const found = diagnostics.map(({ filename, range: { start }, message, code }) =>
    `${place(module, filename, start.line, start.col + 1)}: lint ${code}: ${message}`
  );
  return [...parseErrors(json, module), ...found];
}

function parseErrors(json: string, module: CellModule): string[] {
  const { errors } = JSON.parse(json) as LintReport;
  return errors.flatMap(({ message }) => checkProblems(message, module));
}

function place(module: CellModule, url: string, line: number, column: number): string {
  const path = fileURLToPath(url);
  if (path !== module.path) return `${relative(Deno.cwd(), path)} line ${line}:${column}`;
  const at = module.places[line - 1];
  const last = module.places.at(-1);
  const name = basename(module.notebook);
  if (at === undefined) return `${name} cell ${last?.cell ?? 0} after its last line`;
  return `${name} cell ${at.cell} line ${at.line}:${column}`;
}
