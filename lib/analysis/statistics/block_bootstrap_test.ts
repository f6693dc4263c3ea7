import assert from "node:assert/strict";
import { mean, standardDeviation } from "simple-statistics";
import { randomFrom } from "@/config/seeds.ts";
import {
  blockBootstrapInterval,
  type BlockKind,
  blockResample,
  blockStandardError,
} from "./block_bootstrap.ts";
import { correlatedSeries } from "./testdata/minstd.ts";
import { assertNear, assertPrinted } from "./testdata/near.ts";

Deno.test("7.8: standard error of the mean from moving and circular blocks", () => {
  const y = correlatedSeries();
  assertPrinted(blockStandardError(y, 5), ".0611616193");
  assertPrinted(blockStandardError(y, 10), ".0717561214");
  assertPrinted(blockStandardError(y, 20), ".0754119895");
  assertPrinted(blockStandardError(y, 10, "circular"), ".0721906225");
});

Deno.test("7.8: seeded block resampling agrees with R's tsboot", () => {
  const y = correlatedSeries();
  const expected: [BlockKind, number][] = [["moving", 0.07162], ["circular", 0.07214]];
  for (const [kind, error] of expected) {
    const random = randomFrom("tsboot", kind);
    const means = Array.from({ length: 20_000 }, () => mean(blockResample(y, 10, random, kind)));
    assertNear(standardDeviation(means), error, 0.0012, kind);
  }
});

Deno.test("a resample is whole blocks of neighbours, the last one cut to the length", () => {
  const random = randomFrom("blocks");
  const values = Array.from({ length: 23 }, (_, i) => i);
  for (const kind of ["moving", "circular"] as const) {
    const sample = blockResample(values, 5, random, kind);
    assert.equal(sample.length, 23);
    for (const [i, value] of sample.entries()) {
      if (i % 5 === 0) continue;
      const next = sample[i - 1]! + 1;
      assert.equal(value, kind === "circular" ? next % 23 : next);
    }
  }
});

Deno.test("2.4: fewer than ten blocks give no interval inside a run", () => {
  const random = randomFrom("ten blocks");
  const options = { resamples: 500, random };
  const y = correlatedSeries();
  const meanOf = (values: readonly number[]) => mean([...values]);
  assert.equal(blockBootstrapInterval(y, meanOf, { block: 21, ...options }), null);
  const { low, high } = blockBootstrapInterval(y, meanOf, { block: 20, ...options })!;
  const error = blockStandardError(y, 20, "circular");
  assertNear(high - low, 2 * 1.96 * error, 0.6 * error);
  assert(low < mean(y) && mean(y) < high);
});

Deno.test("the same seed gives the same interval", () => {
  const once = () =>
    blockBootstrapInterval(correlatedSeries(), (values) => Math.max(...values), {
      block: 10,
      resamples: 200,
      random: randomFrom("again"),
    });
  assert.deepEqual(once(), once());
});
