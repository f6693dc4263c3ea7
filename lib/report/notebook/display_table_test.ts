import assert from "node:assert/strict";
import { table, type TableColumn } from "./display_table.ts";

const rows = [
  { engine: "vllm", ttft_ms_p50: 12.345, tokens: 1000 as number | null },
  { engine: "llama.cpp", ttft_ms_p50: 7, tokens: null },
];

const columns: TableColumn<typeof rows[number]>[] = [
  { key: "engine", label: "Engine" },
  { key: "ttft_ms_p50", label: "TTFT p50", unit: "ms", decimals: 1 },
  { key: "tokens" },
];

Deno.test("a table has units in its headings, fixed decimals, numbers to the right, dashes for nothing", () => {
  const shown = bundleOf(table(rows, columns));
  assert.deepEqual(Object.keys(shown), ["text/markdown", "text/plain"]);
  assert.equal(
    shown["text/markdown"],
    `| Engine | TTFT p50 (ms) | tokens |
| :--- | ---: | ---: |
| vllm | 12.3 | 1000 |
| llama.cpp | 7.0 | – |`,
  );
  assert.equal(
    shown["text/plain"],
    `Engine     TTFT p50 (ms)  tokens
---------  -------------  ------
vllm                12.3    1000
llama.cpp            7.0       –`,
  );
});

Deno.test("a table shows at most 20 rows and says how many more there are", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ i }));
  const lines = (count: number) =>
    bundleOf(table(many(count), [{ key: "i" }]))["text/markdown"]!.split("\n");
  assert.equal(lines(20).length, 22);
  assert.deepEqual(lines(21).slice(21), ["| 19 |", "", "1 more row is not shown."]);
  assert.equal(lines(25).at(-1), "5 more rows are not shown.");
  assert.equal(lines(0).at(-1), "No rows.");
});

Deno.test("text in a cell stays text", () => {
  const text = "a|b <b> *c* $x$ `d`\ne";
  const shown = bundleOf(table([{ text }], [{ key: "text" }]));
  const row = shown["text/markdown"]!.split("\n")[2];
  assert.equal(row, "| a\\|b &lt;b> \\*c\\* \\$x\\$ \\`d\\` e |");
  assert.match(shown["text/plain"]!, /\na\|b <b> \*c\* \$x\$ `d` e$/);
});

Deno.test("table() refuses a column that no row has", () => {
  const loose: Record<string, unknown>[] = rows;
  assert.throws(() => table(loose, [{ key: "itl_ms" }]), /no row has the column itl_ms.*engine/);
});

function bundleOf(shown: object): Record<string, string> {
  return (shown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
}
