import assert from "node:assert/strict";
import type { OpenLoad } from "../load_point.ts";
import { meanRatePerS, mostWithin, TimedArrivals, timesOf } from "./arrival.ts";
import { gapVariation, indexOfDispersion } from "./arrival_statistics.ts";
import { drawArrivals } from "./draw.ts";

const times = (load: OpenLoad, seed = 1) => [...drawArrivals(load, seed).times_ms];
const N = 40_000;
const poisson: OpenLoad = { mode: "poisson", rate_per_s: 20, requests: N };

Deno.test("equal gaps begin at 0 and are exact", () => {
  const load: OpenLoad = { mode: "constant", rate_per_s: 4, requests: 5 };
  assert.deepEqual(times(load), [0, 250, 500, 750, 1000]);
  assert.deepEqual(times({ mode: "constant", rate_per_s: 4, duration_s: 1 }), [0, 250, 500, 750]);
});

Deno.test("Poisson arrivals have their rate, dispersion 1 and gaps of variation 1", () => {
  for (const seed of [1, 2, 3]) {
    const drawn = times(poisson, seed);
    assert.equal(drawn.length, N);
    // Standard errors: 0.5 %, sqrt(2 / 2000) = 0.03 and 0.5 %; four of each.
    assert.ok(Math.abs(meanRatePerS(drawArrivals(poisson, seed))! / 20 - 1) < 0.02);
    assert.ok(Math.abs(indexOfDispersion(drawn)! - 1) < 0.13, `${indexOfDispersion(drawn)}`);
    assert.ok(Math.abs(gapVariation(drawn)! - 1) < 0.02, `${gapVariation(drawn)}`);
  }
});

for (const burstiness of [0.25, 1, 4]) {
  Deno.test(`gamma gaps of burstiness ${burstiness} have CV² = 1 / burstiness at the asked rate`, () => {
    const load: OpenLoad = { mode: "gamma", rate_per_s: 20, burstiness, requests: N };
    const drawn = times(load);
    const rate = meanRatePerS(drawArrivals(load, 1))!;
    assert.ok(Math.abs(rate / 20 - 1) < 4 / Math.sqrt(N * burstiness), `${rate}`);
    assert.ok(Math.abs(gapVariation(drawn)! ** 2 * burstiness - 1) < 0.08);
  });
}

Deno.test("the number that falls into a given time varies: draws are not fitted to their rate", () => {
  const load: OpenLoad = { mode: "poisson", rate_per_s: 10, duration_s: 10 };
  const counts = Array.from({ length: 400 }, (_, seed) => times(load, seed).length);
  const mean = counts.reduce((a, b) => a + b) / counts.length;
  const variance = counts.reduce((a, b) => a + (b - mean) ** 2, 0) / (counts.length - 1);
  assert.ok(Math.abs(mean - 100) < 2, `${mean}`);
  // Standard error of the ratio: sqrt(2 / 399) = 0.07.
  assert.ok(Math.abs(variance / mean - 1) < 0.28, `${variance / mean}`);
});

Deno.test("the seed decides, and the first values are known", () => {
  const load: OpenLoad = { mode: "poisson", rate_per_s: 20, requests: 4 };
  assert.deepEqual(times(load, 7), times(load, 7));
  assert.notDeepEqual(times(load, 7), times(load, 8));
  assert.deepEqual(times(load, 7), KNOWN.poisson);
  assert.deepEqual(times({ ...load, mode: "gamma", burstiness: 0.25 } as OpenLoad, 7), KNOWN.gamma);
});

Deno.test("a longer list begins with the shorter one", () => {
  assert.deepEqual(
    times({ ...poisson, requests: 50 }),
    times({ ...poisson, requests: 80 }).slice(0, 50),
  );
});

Deno.test("steps keep to their times and rates", () => {
  const steps = [{ rate_per_s: 50, duration_s: 40 }, { rate_per_s: 200, duration_s: 20 }];
  const drawn = times({ mode: "steps", steps });
  const first = drawn.filter((at_ms) => at_ms < 40_000).length;
  // 2000 and 4000 expected; four standard deviations.
  assert.ok(Math.abs(first - 2000) < 4 * Math.sqrt(2000), `${first}`);
  assert.ok(Math.abs(drawn.length - first - 4000) < 4 * Math.sqrt(4000));
  assert.ok(drawn.every((at_ms, i) => i === 0 || at_ms >= drawn[i - 1]!));
  assert.ok(drawn.at(-1)! < 60_000);
});

Deno.test("along a ramp the count grows with the square of time, up and down", () => {
  const rising = times({ mode: "ramp", from_per_s: 1e-9, to_per_s: 100, duration_s: 100 });
  const half = rising.filter((at_ms) => at_ms < 50_000).length;
  assert.ok(Math.abs(rising.length - 5000) < 4 * Math.sqrt(5000));
  assert.ok(Math.abs(half - 1250) < 4 * Math.sqrt(1250), `${half}`);
  const falling = times({ mode: "ramp", from_per_s: 100, to_per_s: 50, duration_s: 40 });
  const early = falling.filter((at_ms) => at_ms < 20_000).length;
  assert.ok(Math.abs(early - 1750) < 4 * Math.sqrt(1750), `${early}`);
  assert.ok(Math.abs(falling.length - 3000) < 4 * Math.sqrt(3000));
});

Deno.test("rate and bursts of a list are counted as by hand", () => {
  const times_ms = [0, 10, 20, 500, 1000];
  const list = times_ms.map((at_ms) => ({ at_ms }));
  assert.equal(meanRatePerS(list), 4);
  assert.equal(meanRatePerS(new TimedArrivals(Float64Array.from(times_ms))), 4);
  assert.equal(meanRatePerS(list.slice(0, 1)), null);
  assert.equal(mostWithin(times_ms, 20), 3);
  assert.equal(mostWithin(times_ms, 19), 2);
  // Counts 3, 1, 0, 2 in windows of 100: mean 1.5, variance 5/3.
  assert.equal(indexOfDispersion([0, 1, 2, 100, 300, 301, 400], 100), 5 / 3 / 1.5);
  assert.equal(indexOfDispersion([0, 1], 1000), null);
});

/** Poisson's worked out apart from this code: −ln(1 − u) / 20 over the generator's own recurrence. */
const KNOWN = {
  poisson: [26.484, 39.622, 343.045, 364.102],
  gamma: [0.323, 0.323, 0.811, 121.169],
};

Deno.test("drawn arrivals read like a list of them, and their times are not copied", () => {
  const times_ms = Float64Array.of(0, 10.5, 20);
  const drawn = new TimedArrivals(times_ms);
  const list = [{ at_ms: 0 }, { at_ms: 10.5 }, { at_ms: 20 }];
  assert.deepEqual([...drawn], list);
  assert.deepEqual([drawn.length, drawn.at(1), drawn.at(3)], [3, list[1], undefined]);
  assert.equal(timesOf(drawn), times_ms);
  assert.deepEqual(timesOf(list), times_ms);
});
