/** What the intervals hold in repeated studies, against the coverage that the note found. */
import { randomNormal } from "d3-random";
import { mean } from "simple-statistics";
import { randomFrom } from "@/config/seeds.ts";
import { percentileInterval, resample } from "./bootstrap.ts";
import { meanInterval } from "./mean_interval.ts";
import { quantileInterval } from "./order_statistics.ts";
import { assertNear } from "./testdata/near.ts";

function share(trials: number, holds: () => boolean): number {
  let held = 0;
  for (let trial = 0; trial < trials; trial++) if (holds()) held++;
  return held / trials;
}

/** Three standard errors of a share from that many trials, and of the note's own 4000. */
function tolerance(expected: number, trials: number): number {
  return 3 * Math.sqrt(expected * (1 - expected) * (1 / trials + 1 / 4000)) + 0.001;
}

Deno.test("2.4: order-statistic intervals of correlated requests hold less than they say", () => {
  const table: Record<string, [number, number, number]> = {
    0: [.956, .956, .974],
    0.5: [.816, .874, .950],
    0.8: [.574, .674, .815],
    0.95: [.293, .365, .456],
  };
  // Standard normal quantiles at 0.5, 0.95 and 0.99.
  const truth: [number, number][] = [[0.5, 0], [0.95, 1.6448536269514722], [
    0.99,
    2.3263478740408408,
  ]];
  for (const [phi, expected] of Object.entries(table)) {
    const normal = randomNormal.source(randomFrom("coverage", phi))();
    const trials = 600;
    const held = [0, 0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const series = stationary(1000, Number(phi), normal);
      for (const [i, [p, quantile]] of truth.entries()) {
        const { low, high } = quantileInterval(series, p);
        if (low <= quantile && quantile <= high) held[i]!++;
      }
    }
    for (const [i, share] of expected.entries()) {
      assertNear(held[i]! / trials, share, tolerance(share, trials), `phi ${phi}, [${i}]`);
    }
  }
});

/** A first-order autoregressive series of variance 1, started in its steady state. */
function stationary(n: number, phi: number, normal: () => number): number[] {
  const fresh = Math.sqrt(1 - phi * phi);
  let value = normal();
  return Array.from(
    { length: n },
    (_, i) => value = i === 0 ? value : phi * value + fresh * normal(),
  );
}

Deno.test("3.2: the bootstrap of a handful of launches holds too little, t holds 95 %", () => {
  const bootstrap: Record<number, number> = {
    3: .75,
    4: .80,
    5: .82,
    6: .86,
    8: .89,
    10: .90,
    20: .93,
  };
  const trials = 1500;
  for (const [k, expected] of Object.entries(bootstrap)) {
    const random = randomFrom("handful", k);
    const normal = randomNormal.source(random)();
    const draw = () => Array.from({ length: Number(k) }, () => normal());
    const held = share(trials, () => {
      const sample = draw();
      const means = Float64Array.from({ length: 400 }, () => mean(resample(sample, random)));
      const { low, high } = percentileInterval(means.sort());
      return low <= 0 && 0 <= high;
    });
    // The note prints whole percents.
    assertNear(held, expected, tolerance(expected, trials) + 0.005, `bootstrap, k ${k}`);
    const byT = share(trials, () => {
      const { low, high } = meanInterval(draw())!;
      return low <= 0 && 0 <= high;
    });
    assertNear(byT, 0.95, tolerance(0.95, trials), `t, k ${k}`);
  }
});
