import assert from "node:assert/strict";
import normalQuantile from "@stdlib/normal-quantile";
import { mean, median } from "simple-statistics";
import { randomFrom } from "@/config/seeds.ts";
import {
  bcaInterval,
  bcaLevels,
  bootstrapStatistics,
  jackknifeAcceleration,
  percentileInterval,
  resample,
  shareBelow,
  type Statistic,
} from "./bootstrap.ts";
import { logDifference } from "./ratio_interval.ts";
import { everyDraw } from "./testdata/every_draw.ts";
import { assertAllPrinted, assertNear, assertPrinted } from "./testdata/near.ts";
import { A, B, P, paired, Q } from "./testdata/samples.ts";

/** S of the note times ten: sums of whole numbers are exact, so equal means are equal. */
const S10 = [213, 208, 221, 248, 205, 219];
const meanOf: Statistic = (values) => mean([...values]);
const medianOf: Statistic = (values) => median([...values]);
const sumOf: Statistic = (values) => values.reduce((sum, value) => sum + value, 0);

const six = new Array<number>(6).fill(6);
const everySum = Float64Array.from(everyDraw(six, (random) => sumOf(resample(S10, random)))).sort();
const inUnits = ({ low, high }: { low: number; high: number }) => [low / 60, high / 60];

Deno.test("7.5: all 46 656 resamples of six values, mean, error and percentile interval", () => {
  assert.equal(everySum.length, 46_656);
  const centre = sumOf([...everySum]) / everySum.length;
  assertPrinted(centre / 60, "21.9");
  const squares = everySum.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  assertPrinted(Math.sqrt(squares / everySum.length) / 60, "0.5768689433");
  const percentile = inUnits(percentileInterval(everySum));
  assertNear(percentile[0]!, 20.95, 1e-9);
  assertNear(percentile[1]!, 23.15, 1e-9);
});

Deno.test("7.5: BCa with equal statistics counted as R does and as SciPy does", () => {
  const a = jackknifeAcceleration(S10, meanOf);
  assertPrinted(a, "0.0808144833");
  const strict = shareBelow(everySum, sumOf(S10), "none");
  const half = shareBelow(everySum, sumOf(S10), "half");
  assert.equal(strict * 46_656, 24_423);
  assertNear(half * 46_656, 24_423 + 961 / 2, 1e-9);
  assertPrinted(normalQuantile(strict, 0, 1), "0.0588636642");
  assertPrinted(normalQuantile(half, 0, 1), "0.0847462394");
  assertAllPrinted(bcaLevels(strict, a), ".0560238610 .9932684432");
  // The note prints .0613316674 for the first; SciPy 1.17.1's normal distribution gives this.
  assertAllPrinted(bcaLevels(half, a), ".0613316684 .9943649655");
  const options = { values: S10, statistic: sumOf };
  const r = inUnits(bcaInterval(everySum, { ...options, equal: "none" })!);
  assertAllPrinted(r, "21.0666667 23.55");
  const scipy = inUnits(bcaInterval(everySum, options)!);
  assertAllPrinted(scipy, "21.0833333 23.6");
});

Deno.test("7.4: all paired resamples of six log ratios are shorter than the t interval", () => {
  const logs = paired(P, Q).map(([p, q]) => Math.log(p / q));
  const means = Float64Array.from(everyDraw(six, (random) => meanOf(resample(logs, random))));
  const { low, high } = percentileInterval(means.sort());
  assertAllPrinted([Math.exp(low), Math.exp(high)], "1.01113668 1.03464522");
  assertPrinted(Math.exp(logDifference(paired(P, Q))!.mean), "1.0224587323");
});

Deno.test("7.5: ratios of means and of medians over all 65 536 pairs of resamples", () => {
  const [a, b] = [[2410, 2388, 2451, 2429], [2362, 2375, 2340, 2391]];
  const eight = new Array<number>(8).fill(4);
  const cases: [Statistic, string, string][] = [
    [meanOf, "1.0221799747", "1.01008509 1.03458488"],
    [medianOf, "1.0215326156", "1.00547368 1.03803419"],
  ];
  for (const [statistic, estimate, interval] of cases) {
    assertPrinted(statistic(a) / statistic(b), estimate);
    const ratios = everyDraw(
      eight,
      (random) => statistic(resample(a, random)) / statistic(resample(b, random)),
    );
    const { low, high } = percentileInterval(Float64Array.from(ratios).sort());
    assertAllPrinted([low, high], interval);
  }
});

Deno.test("7.5: seeded resampling of A agrees with R and SciPy within 0.03", () => {
  const random = randomFrom("bootstrap of A");
  const sorted = bootstrapStatistics(A, meanOf, { resamples: 30_000, random });
  const percentile = percentileInterval(sorted);
  assertNear(percentile.low, 21.23, 0.03);
  assertNear(percentile.high, 22.575, 0.03);
  const bca = bcaInterval(sorted, { values: A, statistic: meanOf })!;
  assertNear(bca.low, 21.317, 0.03);
  assertNear(bca.high, 22.725, 0.03);
  const strict = bcaInterval(sorted, { values: A, statistic: meanOf, equal: "none" })!;
  assertNear(strict.low, 21.31, 0.03);
  assertNear(strict.high, 22.73, 0.03);
  // The basic interval is the percentile one, mirrored at the estimate.
  assertNear(2 * meanOf(A) - percentile.high, 21.125, 0.03);
  assertNear(2 * meanOf(A) - percentile.low, 22.467, 0.03);
  assertPrinted(jackknifeAcceleration(A, meanOf), "0.0570469260");
});

Deno.test("7.5: seeded resampling of S agrees with R's boot.ci within 0.03", () => {
  const random = randomFrom("bootstrap of S");
  const S = S10.map((value) => value / 10);
  const sorted = bootstrapStatistics(S, meanOf, { resamples: 30_000, random });
  const percentile = percentileInterval(sorted);
  const bca = bcaInterval(sorted, { values: S, statistic: meanOf, equal: "none" })!;
  const basic = [2 * 21.9 - percentile.high, 2 * 21.9 - percentile.low];
  const found = [percentile.low, percentile.high, bca.low, bca.high, ...basic];
  for (const [i, expected] of [20.95, 23.17, 21.08, 23.55, 20.63, 22.85].entries()) {
    assertNear(found[i]!, expected, 0.03, `[${i}]`);
  }
});

Deno.test("3.1 and 7.5: pairing narrows the interval of the ratio of medians", () => {
  const random = randomFrom("pairing");
  const interval = (draw: () => number) =>
    percentileInterval(Float64Array.from({ length: 40_000 }, draw).sort());
  const unpaired = interval(() => medianOf(resample(A, random)) / medianOf(resample(B, random)));
  const together = interval(() => {
    const drawn = resample(paired(A, B), random);
    return medianOf(drawn.map(([a]) => a)) / medianOf(drawn.map(([, b]) => b));
  });
  const found = [unpaired.low, unpaired.high, together.low, together.high];
  for (const [i, expected] of [1.00716, 1.10889, 1.04854, 1.07353].entries()) {
    assertNear(found[i]!, expected, 0.003, `[${i}]`);
  }
});

Deno.test("values without spread have no acceleration, and no BCa where equal ones do not count", () => {
  const values = [2, 2, 2];
  assert.equal(jackknifeAcceleration(values, meanOf), 0);
  const same = Float64Array.of(2, 2, 2, 2);
  assert.deepEqual(bcaInterval(same, { values, statistic: meanOf }), { low: 2, high: 2 });
  assert.equal(bcaInterval(same, { values, statistic: meanOf, equal: "none" }), null);
});
