/** A notebook as a value, and the one form in which it is written. */
import { basename } from "node:path";
import { z } from "zod";

/** `text/plain` → text, `image/png` → base64, JSON types → values. */
export type MimeBundle = Record<string, unknown>;

export type Output =
  | { output_type: "stream"; name: string; text: string }
  | { output_type: "display_data" | "execute_result"; data: MimeBundle; metadata: MimeBundle }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

export interface Cell {
  kind: "code" | "markdown" | "raw";
  id: string;
  tags: string[];
  source: string;
  /** Of a code cell. */
  outputs: Output[];
}

const lines = z.union([z.string(), z.array(z.string()).transform((parts) => parts.join(""))]);
const bundle = z.record(z.string(), z.unknown());
const rich = { data: bundle, metadata: bundle.default({}) };

const outputSchema = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.string(), text: lines }),
  z.object({ output_type: z.literal("display_data"), ...rich }),
  z.object({ output_type: z.literal("execute_result"), ...rich }),
  z.object({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const notebookSchema = z.object({
  nbformat: z.literal(4),
  cells: z.array(z.object({
    cell_type: z.enum(["code", "markdown", "raw"]),
    id: z.string().optional(),
    metadata: z.object({ tags: z.array(z.string()).optional() }).optional(),
    source: lines,
    outputs: z.array(outputSchema).optional(),
  })),
});

/** The cells of an nbformat 4 file. Throws with the path and what is wrong with it. */
export function parseNotebook(path: string, json: string): Cell[] {
  const cells = readJson(path, json).cells.map((cell) => ({
    kind: cell.cell_type,
    id: cell.id ?? "",
    tags: cell.metadata?.tags ?? [],
    source: cell.source,
    outputs: (cell.outputs ?? []).map(joinedOutput),
  }));
  return withIds(cells);
}

/**
 * The same cells always give the same bytes: keys sorted, one space of indent as nbformat writes,
 * text as arrays of lines, no execution counts, and of the metadata only what a viewer needs.
 */
export function formatNotebook(cells: Cell[]): string {
  const notebook = {
    cells: cells.map((cell) => ({
      cell_type: cell.kind,
      id: cell.id,
      metadata: cell.tags.length > 0 ? { tags: cell.tags } : {},
      source: splitLines(cell.source),
      ...(cell.kind === "code"
        ? { execution_count: null, outputs: cell.outputs.map(splitOutput) }
        : {}),
    })),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return JSON.stringify(sortKeys(notebook), null, 1) + "\n";
}

/** Code cells with their number, counted from 1 over code cells as Jupyter's `[n]` does. */
export function codeCells(cells: Cell[]): { cell: Cell; number: number }[] {
  return cells.filter((cell) => cell.kind === "code").map((cell, i) => ({ cell, number: i + 1 }));
}

/** Text that a viewer shows as it is, in contrast to base64 or a JSON value. */
export function isText(mime: string): boolean {
  return mime.startsWith("text/") || mime === "image/svg+xml";
}

function readJson(path: string, json: string): z.infer<typeof notebookSchema> {
  const name = basename(path);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
  const parsed = notebookSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(
    `${name} is not a notebook in nbformat 4: ${
      problems.join("; ")
    }. Open it in Jupyter and save it.`,
  );
}

/** Ids stay; a missing, malformed or repeated one becomes `cell-<place>`. */
function withIds(cells: Cell[]): Cell[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const isGood = /^[A-Za-z0-9_-]{1,64}$/.test(cell.id) && !taken.has(cell.id);
    const id = isGood ? cell.id : `cell-${i + 1}`;
    taken.add(id);
    return { ...cell, id };
  });
}

function joinedOutput(output: Output): Output {
  if (!("data" in output)) return output;
  return { ...output, data: mapValues(output.data, joinLines) };
}

function joinLines(value: unknown): unknown {
  return Array.isArray(value) && value.every((part) => typeof part === "string")
    ? value.join("")
    : value;
}

function splitOutput(output: Output): Record<string, unknown> {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  if (output.output_type === "error") return output;
  const data = mapValues(
    output.data,
    (value, mime) => isText(mime) && typeof value === "string" ? splitLines(value) : value,
  );
  const count = output.output_type === "execute_result" ? { execution_count: null } : {};
  return { ...output, data, ...count };
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

function mapValues(bundle: MimeBundle, map: (value: unknown, key: string) => unknown): MimeBundle {
  return Object.fromEntries(Object.entries(bundle).map(([key, value]) => [key, map(value, key)]));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
