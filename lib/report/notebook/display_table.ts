/**
 * A table for a notebook cell, as `text/markdown` and `text/plain`. GitHub, nbconvert and untrusted
 * notebooks all show Markdown tables; HTML ones lose their styles on GitHub.
 */
import type { Displayable } from "./display.ts";

const ROWS_MAX = 20;
const NOTHING = "–";

export interface TableColumn<T = Record<string, unknown>> {
  /** Name of the field in each row. */
  key: keyof T & string;
  /** Heading; the key when it is missing. */
  label?: string;
  unit?: string | null;
  /** Digits after the point; numbers without it show as they are. */
  decimals?: number | null;
}

/**
 * Shows at most 20 rows and says how many were left out. Columns of numbers are right-aligned; a
 * value that is null or undefined shows as a dash. Throws at a column that no row has.
 */
export function table<T extends object>(
  rows: readonly T[],
  columns: TableColumn<T>[],
): Displayable {
  for (const { key } of columns) {
    if (rows.length > 0 && !rows.some((row) => key in row)) {
      throw new Error(
        `no row has the column ${key}; there are ${Object.keys(rows[0]!).join(", ")}`,
      );
    }
  }
  const shown = rows.slice(0, ROWS_MAX);
  const grid = {
    head: columns.map(heading),
    right: columns.map(({ key }) => rows.some((row) => isNumber(row[key]))),
    body: shown.map((row) =>
      columns.map((column) => cellText(row[column.key], column.decimals ?? null))
    ),
  };
  const rest = rows.length - shown.length;
  const note = rows.length === 0
    ? "No rows."
    : rest > 0
    ? `${rest} more ${rest === 1 ? "row is" : "rows are"} not shown.`
    : null;
  const bundle = { "text/markdown": markdown(grid, note), "text/plain": plain(grid, note) };
  return { [Symbol.for("Jupyter.display")]: () => bundle };
}

interface Grid {
  head: string[];
  /** Whether the column is right-aligned. */
  right: boolean[];
  body: string[][];
}

type Heading = Pick<TableColumn, "key" | "label" | "unit">;

function heading({ key, label, unit }: Heading): string {
  return unit ? `${label ?? key} (${unit})` : label ?? key;
}

function cellText(value: unknown, decimals: number | null): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === "number" && decimals !== null) return value.toFixed(decimals);
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function markdown({ head, right, body }: Grid, note: string | null): string {
  const line = (cells: string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = `| ${right.map((isRight) => isRight ? "---:" : ":---").join(" | ")} |`;
  const lines = [line(head), rule, ...body.map(line)];
  return [...lines, ...(note === null ? [] : ["", note])].join("\n");
}

/** Text stays text: no markup, no formula, no second cell. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_\[\]|~$]/g, "\\$&").replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replace(/\s*\n\s*/g, " ");
}

function plain({ head, right, body }: Grid, note: string | null): string {
  const lines = [head, ...body].map((cells) => cells.map((text) => text.replace(/\s*\n\s*/g, " ")));
  const widths = head.map((_, i) => Math.max(...lines.map((cells) => [...cells[i]!].length)));
  const padded = lines.map((cells) =>
    cells.map((text, i) => right[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))
      .join("  ").trimEnd()
  );
  padded.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return [...padded, ...(note === null ? [] : ["", note])].join("\n");
}
