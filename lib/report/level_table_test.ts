import assert from "node:assert/strict";
import { levelTable } from "./level_table.ts";
import { sampleInput } from "./sample_input.ts";

const real = () => sampleInput().levels.filter(({ simulated }) => !simulated);

Deno.test("where an SLO is set, the share of requests that kept it stands in percent with its spread", () => {
  const rows = real().map((row, i) => ({
    ...row,
    attainment: i === 0 ? null : { median: 0.975, low: 0.95, high: 1 },
  }));
  const { columns, rows: cells } = levelTable(rows, [], "levels", "");
  const at = columns.findIndex(({ label }) => label === "SLO attainment");
  assert.equal(columns[at]!.note, "%, higher is better");
  assert.equal(columns[at + 1]!.label, "Requests");
  const [first, second] = [cells[0]![at]!, cells[1]![at]!];
  assert.equal(first.text, "–");
  assert.deepEqual([second.text, second.note, second.sort], ["97.5", "95.0 to 100.0", 0.975]);
});

Deno.test("without an SLO there is no column for it", () => {
  const { columns } = levelTable(real(), [], "levels", "");
  assert(columns.every(({ label }) => label !== "SLO attainment"));
});
