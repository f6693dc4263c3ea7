import assert from "node:assert/strict";
import {
  drawLength,
  type LengthDistribution,
  lengthEnds,
  lengthText,
  variedBelow,
} from "./length_distribution.ts";
import { randomFrom } from "./seeds.ts";

function drawn(lengths: LengthDistribution, count = 4000): number[] {
  const random = randomFrom("test");
  return Array.from({ length: count }, () => drawLength(lengths, random));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

Deno.test("a fixed length is always the same", () => {
  const fixed = { distribution: "fixed", tokens: 77 } as const;
  assert.deepEqual(new Set(drawn(fixed, 10)), new Set([77]));
  assert.equal(lengthText(fixed), "77");
});

Deno.test("a nominal length varies from 0.8 of it to all of it, both ends included", () => {
  const lengths = variedBelow(10);
  const values = drawn(lengths);
  assert.deepEqual([...new Set(values)].sort((a, b) => a - b), [8, 9, 10]);
  assert(Math.abs(mean(values) - 9) < 0.05);
  assert.deepEqual(lengthEnds(lengths), { min: 8, max: 10 });
  assert.equal(lengthText(lengths), "8–10");
});

Deno.test("lognormal lengths have their median and spread and keep to their ends", () => {
  const lengths = {
    distribution: "lognormal",
    median: 200,
    sigma: 0.5,
    min: 20,
    max: 4000,
  } as const;
  const values = drawn(lengths).sort((a, b) => a - b);
  const median = values[2000]!;
  assert(Math.abs(median / 200 - 1) < 0.05, `${median}`);
  // 84.1 % lie below the median times e to the sigma.
  const upper = values[Math.floor(0.841 * 4000)]!;
  assert(Math.abs(upper / (200 * Math.exp(0.5)) - 1) < 0.06, `${upper}`);
  const narrow = drawn({ ...lengths, min: 150, max: 260 });
  assert(Math.min(...narrow) >= 150 && Math.max(...narrow) <= 260);
  assert.equal(lengthText(lengths), "lognormal around 200, 20–4000");
});

Deno.test("ends that hardly any lognormal length meets give the median and end", () => {
  const lengths = {
    distribution: "lognormal",
    median: 1000,
    sigma: 5,
    min: 1000,
    max: 1000,
  } as const;
  assert.equal(drawn(lengths, 1)[0], 1000);
});

Deno.test("a histogram's bins are drawn by their weights, one without weight never", () => {
  const lengths: LengthDistribution = {
    distribution: "histogram",
    bins: [
      { from: 10, weight: 3 },
      { from: 100, to: 109, weight: 1 },
      { from: 5000, weight: 0 },
    ],
  };
  const values = drawn(lengths);
  const short = values.filter((value) => value === 10).length / values.length;
  assert(Math.abs(short - 0.75) < 0.03, `${short}`);
  const long = values.filter((value) => value !== 10);
  assert.equal(new Set(long).size, 10);
  assert(long.every((value) => value >= 100 && value <= 109));
  assert.deepEqual(lengthEnds(lengths), { min: 10, max: 109 });
});
