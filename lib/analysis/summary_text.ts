/** Summary rows as a terminal table, as CSV and as Parquet. */
import { csvFormat } from "d3-dsv";
import pl from "polars";
import { alignedColumns } from "@/config/aligned_columns.ts";
import { type FlatRow, flatRow, SUMMARY_COLUMNS } from "./summary_columns.ts";
import { METRICS } from "./metrics.ts";
import { MEASURED_HERE, type SummaryRow } from "./summary_row.ts";

/** All columns of the table of columns, empty where a value is null. */
export function summaryCsv(rows: readonly SummaryRow[]): string {
  return csvFormat(rows.map(flatRow), Object.keys(SUMMARY_COLUMNS) as (keyof FlatRow)[]);
}

/** The same as the bytes of a Parquet file. */
export function summaryParquet(rows: readonly SummaryRow[]): Uint8Array {
  const flat = rows.map(flatRow);
  const types = { text: pl.Utf8, number: pl.Float64, boolean: pl.Bool };
  const series = Object.entries(SUMMARY_COLUMNS).map(([name, { type }]) =>
    pl.Series(name, flat.map((row) => row[name as keyof FlatRow]), types[type])
  );
  return pl.DataFrame(series).writeParquet() as unknown as Uint8Array;
}

type Column = [head: string, cell: (row: SummaryRow) => string, alignRight?: boolean];

const COLUMNS: Column[] = [
  ["engine", (row) => row.simulated ? `${row.engine} (simulated)` : row.engine],
  ["workload", (row) => row.workload],
  ["load", (row) => row.load],
  ["block", (row) => String(row.block), true],
  ["requests", (row) => String(row.requests), true],
  ["failed", (row) => String(row.failed), true],
  ["TTFT p50 ms", (row) => fixed(row.ttft_ms_p50, METRICS.ttft_ms.decimals), true],
  ["TPOT p50 ms", (row) => fixed(row.tpot_ms_p50, METRICS.tpot_ms.decimals), true],
  ["E2E p50 ms", (row) => fixed(row.e2e_ms_p50, METRICS.e2e_ms.decimals), true],
  ["tok/s", (row) => fixed(row.output_tokens_per_s, METRICS.output_tokens_per_s.decimals), true],
  ["verdict", (row) => row.verdict],
  ["reasons", (row) => row.reasons.join("; ")],
];

const MEASURED_BY: Column = ["measured by", (row) => row.measured_by];

/** An aligned table; `–` where a number is undefined. Who measured is said where it was not us. */
export function summaryTable(rows: readonly SummaryRow[]): string {
  const own = rows.every(({ measured_by }) => measured_by === MEASURED_HERE);
  const columns = own ? COLUMNS : [COLUMNS[0]!, MEASURED_BY, ...COLUMNS.slice(1)];
  const cells = rows.map((row) => columns.map(([, cell]) => cell(row)));
  const heads = columns.map(([head]) => head);
  return alignedColumns([heads, ...cells], (column) => columns[column]![2] === true).join("\n");
}

function fixed(value: number | null, decimals: number): string {
  return value === null ? "–" : value.toFixed(decimals);
}
