import assert from "node:assert/strict";
import { randomNormal } from "d3-random";
import { randomFrom } from "@/config/seeds.ts";
import { twoModes } from "./two_modes.ts";

const sample = (seed: number, n: number, apart: number) => {
  const normal = randomNormal.source(randomFrom("sample", seed, n))();
  return Array.from({ length: n }, (_, i) => normal() + (i % 3 === 0 ? apart : 0));
};

Deno.test("two groups far apart are told with their means and sizes", () => {
  const found = twoModes([100, 101, 99, 120, 121, 100.5])!;
  assert.ok(found.p < 0.01, `${found.p}`);
  assert.deepEqual([found.low.count, found.high.count], [4, 2]);
  assert.equal(found.high.mean, 120.5);
});

Deno.test("one mode is called two as often as its level says", () => {
  const studies = Array.from({ length: 1000 }, (_, seed) => twoModes(sample(seed, 9, 0))!);
  const share = studies.filter(({ p }) => p < 0.05).length / 1000;
  assert.ok(share > 0.02 && share < 0.08, `${share}`);
});

Deno.test("modes ten standard deviations apart are seen in most studies of twelve launches", () => {
  const studies = Array.from({ length: 200 }, (_, seed) => twoModes(sample(seed, 12, 10))!);
  const seen = studies.filter(({ p }) => p < 0.01).length / 200;
  assert.ok(seen > 0.9, `${seen}`);
});

Deno.test("fewer than six launches, and equal ones, tell nothing", () => {
  assert.equal(twoModes([1, 1, 9, 9, 9]), null);
  assert.equal(twoModes([2, 2, 2, 2, 2, 2]), null);
});
