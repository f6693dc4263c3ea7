/** A result file as it was found: its text, and the JSON documents in it. */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { z } from "zod";
import { ImportProblem } from "./import_problem.ts";

export interface SourceFile {
  path: string;
  name: string;
  sha256: string;
  /** One document of a JSON file, one a line of a JSON-lines file; none of a CSV or YAML file. */
  documents: unknown[];
}

const MOST_BYTES = 512 * 2 ** 20;

/** Whether a document is an object that has all of `keys`. */
export function hasKeys<K extends string>(
  document: unknown,
  ...keys: K[]
): document is Record<K, unknown> {
  return typeof document === "object" && document !== null && keys.every((key) => key in document);
}

/** Reads `path`. Throws `ImportProblem` if it is missing, empty, too large or damaged. */
export function readSource(path: string): SourceFile {
  const bytes = contentOf(path);
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, "");
  if (text.trim() === "") throw new ImportProblem("is empty; was the benchmark cut off?");
  return {
    path,
    name: basename(path),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    documents: documentsOf(text),
  };
}

/** The file `name` in the folder of `source`; null if it is not there. */
export function besides(source: SourceFile, name: string): SourceFile | null {
  const path = join(dirname(source.path), name);
  try {
    Deno.statSync(path);
  } catch {
    return null;
  }
  try {
    return readSource(path);
  } catch (error) {
    throw new ImportProblem(`needs ${name} beside it, which ${(error as Error).message}`);
  }
}

/** The text of the file `name` in the folder of `source`; null if it is not there. */
export function textBesides(source: SourceFile, name: string): string | null {
  try {
    return Deno.readTextFileSync(join(dirname(source.path), name));
  } catch {
    return null;
  }
}

/** `value` in the form of `schema`. Throws `ImportProblem` with the first few places that differ. */
export function shaped<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const seen = issues.slice(0, 3)
    .map(({ path, message }) => `${path.map(String).join(".") || "the file"}: ${message}`);
  const more = issues.length > seen.length ? ` and ${issues.length - seen.length} more` : "";
  throw new ImportProblem(
    `looks like ${what}, but ${
      seen.join("; ")
    }${more}; was it cut off or changed, or written by another version?`,
  );
}

function contentOf(path: string): Uint8Array {
  try {
    const { size, isDirectory } = Deno.statSync(path);
    if (isDirectory) throw new ImportProblem("is a folder; name the result files in it");
    if (size > MOST_BYTES) {
      throw new ImportProblem(
        `has ${(size / 2 ** 20).toFixed(0)} MiB, more than the ${MOST_BYTES / 2 ** 20} MiB read`,
      );
    }
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof ImportProblem) throw error;
    if (error instanceof Deno.errors.NotFound) throw new ImportProblem("is not there");
    throw new ImportProblem(`cannot be read: ${(error as Error).message}`);
  }
}

function documentsOf(text: string): unknown[] {
  try {
    return [pythonJson(text)];
  } catch (whole) {
    if (!/^\s*[{[]/.test(text)) return [];
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    // A first line that is a document of its own makes it JSON lines; else it is one damaged document.
    if (lines.length > 1 && parsed(lines[0]!) !== undefined) return lines.map(documentOf);
    throw new ImportProblem(`is no whole JSON (${(whole as Error).message}); was it cut off?`);
  }
}

function documentOf(line: string, index: number): unknown {
  const value = parsed(line);
  if (value !== undefined) return value;
  throw new ImportProblem(
    `:${index + 1} is no JSON: ${line.slice(0, 60)}…; if the line was cut off, take it out`,
  );
}

function parsed(text: string): unknown {
  try {
    return pythonJson(text);
  } catch {
    return undefined;
  }
}

/** JSON as Python writes it: NaN, which means that there is no number, and Infinity stand bare. */
function pythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    const outside = /"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g;
    const bare: Record<string, string> = { NaN: "null", Infinity: "1e999", "-Infinity": "-1e999" };
    return JSON.parse(text.replace(outside, (found) => bare[found] ?? found));
  }
}
