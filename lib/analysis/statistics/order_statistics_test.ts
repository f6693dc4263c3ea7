import assert from "node:assert/strict";
import { quantileInterval, quantileRanks, smallestSample } from "./order_statistics.ts";
import { assertPrinted } from "./testdata/near.ts";

const SHARES = [0.5, 0.95, 0.99];

Deno.test("2.3: ranks of the interval around p50, p95 and p99", () => {
  const table: Record<number, string[]> = {
    100: ["40-61", "90-100", "97-open"],
    200: ["86-115", "184-197", "195-open"],
    368: ["165-204", "341-358", "360-368"],
    1000: ["469-532", "936-964", "983-997"],
    5000: ["2431-2570", "4719-4781", "4936-4964"],
    10000: ["4902-5099", "9457-9543", "9880-9920"],
  };
  for (const [n, expected] of Object.entries(table)) {
    const ranks = SHARES.map((p) => quantileRanks(Number(n), p));
    assert.deepEqual(ranks.map(({ low, high }) => `${low ?? "open"}-${high ?? "open"}`), expected);
  }
});

Deno.test("2.3: smallest sample for a two-sided interval and for an upper bound", () => {
  const shares = [0.5, 0.9, 0.95, 0.99, 0.999];
  assert.deepEqual(shares.map((p) => smallestSample(p)), [6, 36, 72, 368, 3688]);
  assert.deepEqual(shares.map((p) => smallestSample(p, 0.95, 1)), [5, 29, 59, 299, 2995]);
  for (const p of shares) {
    const closed = (n: number) => {
      const { low, high } = quantileRanks(n, p);
      return low !== null && high !== null;
    };
    assert(closed(smallestSample(p)) && !closed(smallestSample(p) - 1), `p ${p}`);
  }
});

Deno.test("7.6: coverage of the ranks around p99 of 1000", () => {
  const { low, high, coverage } = quantileRanks(1000, 0.99);
  assert.deepEqual([low, high], [983, 997]);
  assertPrinted(coverage, ".976095");
});

Deno.test("coverage is at least nominal for every size and quantile, open sides included", () => {
  for (const p of [0.01, 0.25, 0.5, 0.9, 0.99]) {
    for (let n = 1; n < 120; n++) {
      const { low, high, coverage } = quantileRanks(n, p);
      assert(coverage >= 0.95 && coverage <= 1, `n ${n}, p ${p}: ${coverage}`);
      assert(low === null || high === null || low < high, `n ${n}, p ${p}`);
    }
  }
});

Deno.test("the interval takes the values at its ranks; an open side is infinite", () => {
  const countdown = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual(quantileInterval(countdown, 0.5), { low: 40, high: 61 });
  assert.deepEqual(quantileInterval(countdown, 0.99), { low: 97, high: Infinity });
  assert.deepEqual(quantileInterval([], 0.5), { low: -Infinity, high: Infinity });
  assert.equal(countdown[0], 100);
});
