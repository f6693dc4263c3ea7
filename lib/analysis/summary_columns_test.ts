import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import pl from "polars";
import { columnsTable, flatRow, SUMMARY_COLUMNS } from "./summary_columns.ts";
import { summaryParquet } from "./summary_text.ts";
import { row } from "./testdata/sample_trials.ts";

Deno.test("the table names every column of a row and no other, each with its unit in its name", () => {
  const { memory: _, gates: __, ...plain } = row();
  const memory = ["memory_bytes", "memory_peak_bytes", "memory_label"];
  assert.deepEqual(
    Object.keys(SUMMARY_COLUMNS).toSorted(),
    [...Object.keys(plain), ...memory].toSorted(),
  );
  const suffixes: Record<string, RegExp> = {
    "ms": /_ms(_p\d\d|_max|_total)?$/,
    "s": /_s$/,
    "req/s": /(requests|goodput)_per_s$/,
    "tok/s": /tokens_per_s$/,
    "bytes": /_bytes$/,
    "share": /(_share(_p\d\d)?|attainment|kv_use_peak)$/,
    "W": /_w_/,
    "J": /_j_/,
    "MHz": /_mhz_/,
  };
  for (const [name, { unit }] of Object.entries(SUMMARY_COLUMNS)) {
    if (unit !== null && unit in suffixes) {
      assert.match(name, suffixes[unit]!, `${name} in ${unit}`);
    }
  }
});

Deno.test("a row's values have the types that the table says", () => {
  const flat = flatRow(row({ memory: { label: "resident", bytes: 5, peak_bytes: null } }));
  assert.deepEqual(Object.keys(flat), Object.keys(SUMMARY_COLUMNS));
  for (const [name, { type }] of Object.entries(SUMMARY_COLUMNS)) {
    const value = flat[name as keyof typeof flat];
    if (value === null) continue;
    assert.equal(typeof value, type === "text" ? "string" : type, name);
  }
});

Deno.test("the printed table has a line a column", () => {
  const lines = columnsTable().split("\n");
  assert.equal(lines.length, Object.keys(SUMMARY_COLUMNS).length + 2);
  assert.ok(lines.includes("| `window_s` | s | length of the window |"));
});

Deno.test("Parquet keeps every column, null where a number is undefined", () => {
  const rows = [row(), row({ engine: "b", ttft_ms_p50: null, simulated: true })];
  const frame = pl.readParquet(Buffer.from(summaryParquet(rows)));
  assert.deepEqual(frame.columns, Object.keys(SUMMARY_COLUMNS));
  assert.deepEqual(frame.getColumn("ttft_ms_p50").toArray(), [100, null]);
  assert.deepEqual(frame.getColumn("simulated").toArray(), [false, true]);
});
