import assert from "node:assert/strict";
import { alignedColumns, columnWidths } from "./aligned_columns.ts";

const ROWS = [["client", "ms", "note"], ["a", "10.5", "x"], ["longest", "1", ""]];

Deno.test("columns are as wide as their widest cell, and no line ends in blanks", () => {
  assert.deepEqual(columnWidths(ROWS), [7, 4, 4]);
  assert.deepEqual(alignedColumns(ROWS, (column) => column === 1), [
    "client     ms  note",
    "a        10.5  x",
    "longest     1",
  ]);
});
