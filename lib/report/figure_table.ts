/** A figure's numbers as a table of the report. */
import type { Figure, FigureColumn } from "@/figures/figure.ts";
import { fixed } from "@/analysis/number_text.ts";
import { numberCell, numberColumn, textCell, textColumn } from "./report_blocks.ts";
import type { ReportCell, ReportTable } from "./report_blocks.ts";

/** Columns without decimals are text; null is a dash. */
export function figureTable(figure: Figure): ReportTable {
  const { columns, rows } = figure.table;
  return {
    id: `${figure.id}-numbers`,
    caption: `Numbers of “${figure.title}”`,
    columns: columns.map((column) =>
      column.decimals === null ? textColumn(column.label) : numberColumn(column.label, column.unit)
    ),
    rows: rows.map((row) => columns.map((column) => cellOf(row[column.key] ?? null, column))),
  };
}

function cellOf(value: number | string | null, { decimals }: FigureColumn): ReportCell {
  return typeof value === "string"
    ? textCell(value)
    : numberCell(fixed(value, decimals ?? 0), value);
}
