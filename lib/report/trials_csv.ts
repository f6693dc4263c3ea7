/** The trials as CSV, column names as in the rows. */
import type { SummaryRow } from "@/analysis/summary_row.ts";

/** One line a trial under a header; null is empty, reasons are joined with `; `, gates are left out. */
export function trialsCsv(summary: SummaryRow[]): string {
  const rows = summary.map(flat);
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => cells.map(cellText).join(",")).join("\r\n") + "\r\n";
}

function flat({ memory, reasons, gates: _, ...row }: SummaryRow): Record<string, unknown> {
  return {
    ...row,
    memory_bytes: memory?.bytes ?? null,
    memory_label: memory?.label ?? null,
    reasons: reasons.join("; "),
  };
}

function cellText(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
