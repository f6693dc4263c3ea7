import assert from "node:assert/strict";
import { curveAtX, type CurvePoint, pairsAtX } from "./curve_at_x.ts";
import { assertNear } from "./testdata/near.ts";

/** A power law is a straight line on log-log axes: y = 100 / x. */
const curve = (levels: number[], scale = 100): CurvePoint[] =>
  levels.map((concurrency) => ({ concurrency, x: 64 / concurrency, y: scale * concurrency / 64 }));

Deno.test("between two levels the curve is straight on log-log axes", () => {
  const points = curve([1, 2, 4, 8]);
  for (const x of [9, 20, 33, 50]) assertNear(curveAtX(points, x)!, 100 / x, 1e-9);
  for (const { x, y } of points) assert.equal(curveAtX(points, x), y);
});

Deno.test("outside the measured range there is no value", () => {
  const points = curve([1, 2, 4]);
  assert.equal(curveAtX(points, 64.1), null);
  assert.equal(curveAtX(points, 15.9), null);
  assert.equal(curveAtX([], 1), null);
});

Deno.test("between levels more than a factor of two apart there is no value", () => {
  const points = curve([1, 8, 16]);
  assert.equal(curveAtX(points, 20), null);
  assertNear(curveAtX(points, 5)!, 20, 1e-9);
});

Deno.test("engines are paired at equal x in the blocks in which both reach it", () => {
  const a = [curve([1, 2, 4], 110), curve([1, 2], 120), curve([1, 2, 4], 100)];
  const b = [curve([1, 2, 4]), curve([1, 2, 4])];
  const pairs = pairsAtX(a, b, 20);
  assert.equal(pairs.length, 1);
  assertNear(pairs[0]![0] / pairs[0]![1], 1.1, 1e-9);
  assert.deepEqual(pairsAtX(a, b, 64).map(([x, y]) => (x / y).toFixed(2)), ["1.10", "1.20"]);
});
