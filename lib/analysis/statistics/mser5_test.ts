import assert from "node:assert/strict";
import { mser5 } from "./mser5.ts";
import { minstd } from "./testdata/minstd.ts";
import { assertAllPrinted, assertPrinted } from "./testdata/near.ts";

Deno.test("7.7: MSER-5 finds the end of the start-up that R's loop finds", () => {
  const series = minstd(100).map((u, i) => 20 + 30 * Math.exp(-i / 8) + 6 * (u - 0.5));
  const { discard, statistic, settled } = mser5(series);
  assertAllPrinted(
    statistic,
    "1.528524 .489525 .138316 .063026 .055344 .032010 .035241 .039452 .042874 .043183 .051070",
  );
  assert.equal(discard, 25);
  assert(settled);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assertPrinted(mean(series), "22.6636628236");
  assertPrinted(mean(series.slice(discard)), "20.3859144039");
});

Deno.test("2.2: a series that never settles is extended, not trimmed", () => {
  const climbing = Array.from({ length: 100 }, (_, i) => i);
  assert.deepEqual(mser5(climbing).settled, false);
  assert.equal(mser5(climbing).discard, 0);
  assert.equal(mser5([1, 2, 3]).settled, false);
  for (let seed = 1; seed <= 20; seed++) {
    const climbs = minstd(5000).slice(seed).map((u, i) => u + i / 4000);
    assert.equal(mser5(climbs).settled, false, `${seed}`);
  }
});

Deno.test("a steady series keeps all its values", () => {
  const steady = Array.from({ length: 63 }, (_, i) => (i * 29) % 7);
  assert.equal(mser5(steady).settled, true);
  assert(mser5(steady).discard <= 5);
  assert.equal(mser5(new Array(40).fill(2)).discard, 0);
});

Deno.test("two million values are no matter", () => {
  assert.equal(mser5(new Float64Array(2_000_000).fill(9, 0, 50)).discard, 50);
});
