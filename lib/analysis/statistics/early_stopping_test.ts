import assert from "node:assert/strict";
import { earlyStoppingQueries, marginQueries } from "./early_stopping.ts";

Deno.test("2.3: queries that MLPerf's early stopping needs", () => {
  const over = [0, 1, 2, 3, 5, 10];
  const table: Record<string, number[]> = {
    0.9: [44, 64, 81, 97, 127, 197],
    0.95: [90, 130, 165, 198, 259, 398],
    0.99: [459, 662, 838, 1001, 1307, 2010],
  };
  for (const [p, expected] of Object.entries(table)) {
    assert.deepEqual(over.map((t) => earlyStoppingQueries(Number(p), t)), expected, `p ${p}`);
  }
});

Deno.test("2.3: query counts of MLPerf's inference rules for p90, p95, p97 and p99", () => {
  const counts = [0.9, 0.95, 0.97, 0.99].map((p) => marginQueries(p));
  assert.deepEqual(counts, [23_886, 50_425, 85_811, 262_742]);
});
