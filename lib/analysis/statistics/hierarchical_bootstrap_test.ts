import assert from "node:assert/strict";
import { mean, standardDeviation } from "simple-statistics";
import { percentileInterval, resample } from "./bootstrap.ts";
import { randomFrom } from "@/config/seeds.ts";
import { hierarchicalInterval, hierarchicalResample } from "./hierarchical_bootstrap.ts";
import { everyDraw } from "./testdata/every_draw.ts";
import { assertAllPrinted, assertNear, assertPrinted } from "./testdata/near.ts";
import { LAUNCHES } from "./testdata/samples.ts";

const TWO_RUNS = LAUNCHES.map((values) => values.slice(0, 2));

Deno.test("7.8: all 1728 resamples of three launches of two runs", () => {
  const draws = [3, 3, 3, 2, 2, 2, 2, 2, 2];
  const means = everyDraw(draws, (random) => mean(hierarchicalResample(TWO_RUNS, random).flat()));
  assert.equal(means.length, 1728);
  assertPrinted(mean(means), "2386");
  assertPrinted(standardDeviation(means), "9.6853268");
  const { low, high } = percentileInterval(Float64Array.from(means).sort());
  assertAllPrinted([low, high], "2368 2406");
});

Deno.test("7.8: treating the six runs as one sample hides the launches", () => {
  const flat = TWO_RUNS.flat();
  const six = new Array<number>(6).fill(6);
  const means = everyDraw(six, (random) => mean(resample(flat, random)));
  assertPrinted(standardDeviation(means), "6.9322114");
});

Deno.test("3.2: an interval needs eight launches, and is as wide as launches differ", () => {
  const launches = Array.from({ length: 8 }, (_, i) => [100 + i, 101 + i, 99 + i]);
  const options = { resamples: 4000, random: randomFrom("hierarchical") };
  const grandMean = (drawn: readonly (readonly number[])[]) => mean(drawn.flat());
  assert.equal(hierarchicalInterval(launches.slice(1), grandMean, options), null);
  const { low, high } = hierarchicalInterval(launches, grandMean, options)!;
  // Launch means 100 … 107: population sd 2.291 over √8, and 0.816 / √24 from inside the launches.
  const error = Math.hypot(2.2912878 / Math.sqrt(8), 0.8164966 / Math.sqrt(24));
  assertNear(high - low, 2 * 1.96 * error, 0.12);
});
