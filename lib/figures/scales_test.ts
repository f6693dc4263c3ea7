import assert from "node:assert/strict";
import { dodge, levelScale, ratioScale, valueScale, zeroScale } from "./scales.ts";

Deno.test("a value axis starts at zero unless the values span more than a factor of 20", () => {
  assert.deepEqual(valueScale([10, 200]).domain[0], 0);
  assert.equal(valueScale([10, 200]).type, "linear");
  assert.equal(valueScale([10, 201]).type, "log");
  assert.equal(valueScale([0, 201]).type, "linear");
});

Deno.test("ticks are round, inside the axis and few", () => {
  assert.deepEqual(zeroScale([940]).ticks, [0, 250, 500, 750]);
  assert.deepEqual(valueScale([42, 8855]).ticks, [100, 1000, 10000]);
  assert.deepEqual(valueScale([1, 25]).ticks, [1, 2, 5, 10, 20]);
  assert.deepEqual(zeroScale([]).domain, [0, 1]);
});

Deno.test("concurrency levels without room for their number lose it, the largest never", () => {
  assert.deepEqual(levelScale([1, 10, 50, 100], 270).ticks, [1, 10, 50, 100]);
  assert.deepEqual(levelScale([1, 90, 100], 270).ticks, [1, 100]);
  assert.deepEqual(levelScale([4], 270).ticks, [4]);
});

Deno.test("a ratio axis always has a tick at 1 and shows every interval whole", () => {
  const { domain, ticks } = ratioScale([1.5, 0.004, 300], 250);
  assert.ok(ticks.includes(1));
  assert.ok(domain[0] < 0.004 && domain[1] > 300);
  assert.deepEqual(ticks, [...ticks].sort((a, b) => a - b));
});

Deno.test("labels are moved apart by the least that is needed, inside the panel", () => {
  assert.deepEqual(dodge([50, 10], 15, 0, 100), [50, 10]);
  assert.deepEqual(dodge([50, 52], 15, 0, 100), [50, 65]);
  assert.deepEqual(dodge([98, 99], 15, 0, 100), [85, 100]);
});
