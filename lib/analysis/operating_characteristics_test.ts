import assert from "node:assert/strict";
import { randomNormal } from "d3-random";
import { randomFrom } from "@/config/seeds.ts";
import { brokenPromises, type Cell, simulateCell } from "./operating_characteristics.ts";
import { type DisturbanceName, DISTURBANCES, simulateStudy } from "./simulate_studies.ts";
import { perPairDesign, pooledDesign } from "./statistics/interval_design.ts";
import { betterPower, resolvableDifference, tiePower } from "./statistics/power.ts";
import { assertNear } from "./statistics/testdata/near.ts";

const names = Object.keys(DISTURBANCES) as DisturbanceName[];
const base = { s_d: 0.01, blocks: 6, margin: 0.05, studies: 800, seed: 1 };

Deno.test("under every promised disturbance nothing that is promised breaks", () => {
  for (const disturbance of names) {
    for (const [difference, s_d] of [[0, 0.01], [0.1, 0.01], [0.05, 0.02], [0, 0.05]] as const) {
      const cell = simulateCell({ ...base, disturbance, difference, s_d });
      assert.deepEqual(brokenPromises(cell), [], `${disturbance}, ${difference}, ${s_d}`);
    }
  }
});

Deno.test("0b O: at s_d 1 % a true 0 % is a tie and a true 10 % is better", () => {
  const none = { ...base, disturbance: "none" as const, studies: 1500 };
  assert(simulateCell({ ...none, difference: 0 }).words.tie >= 0.95);
  assert(simulateCell({ ...none, difference: 0.1 }).words.better >= 0.95);
});

Deno.test("0b O: a true difference of exactly the margin is neither better nor a tie", () => {
  const { words } = simulateCell({ ...base, disturbance: "none", difference: 0.05 });
  assert(words.better < 0.05 && words.tie < 0.05, JSON.stringify(words));
});

Deno.test("the same seed gives the same shares, another one others", () => {
  const input = {
    ...base,
    disturbance: "drift" as const,
    difference: 0.03,
    s_d: 0.05,
    studies: 200,
  };
  assert.deepEqual(simulateCell(input), simulateCell(input));
  assert.notDeepEqual(simulateCell(input).words, simulateCell({ ...input, seed: 2 }).words);
});

Deno.test("simulated studies have the difference and the spread that they claim", () => {
  for (const disturbance of names) {
    const random = randomFrom("truth", disturbance);
    const truth = { difference: 0.05, s_d: 0.02, blocks: 6 };
    const differences: number[] = [];
    for (let study = 0; study < 1500; study++) {
      const [first, second] = simulateStudy(truth, DISTURBANCES[disturbance], random);
      for (const [block, value] of first!.entries()) {
        const other = second![block]!;
        if (value !== null && other !== null) differences.push(value - other);
      }
    }
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) /
      differences.length;
    assertNear(mean, Math.log(1.05), 3 * Math.sqrt(variance / differences.length), disturbance);
    if (disturbance === "none") assertNear(Math.sqrt(variance), 0.02, 0.001);
  }
});

Deno.test("what breaks a promise is named, and nothing is promised for bimodal launches", () => {
  const good: Cell = {
    ...base,
    studies: 4000,
    disturbance: "none",
    difference: 0,
    words: { better: 0, small_edge: 0.02, tie: 0.98, inconclusive: 0 },
    wrong_winner: 0.05,
    false_better: 0,
    false_tie: 0,
    coverage: 0.95,
  };
  assert.deepEqual(brokenPromises(good), []);
  const cases: [Partial<Cell>, RegExp][] = [
    [{ wrong_winner: 0.065 }, /wrong winners/],
    [{ false_better: 0.07 }, /better within the margin/],
    [{ false_tie: 0.07 }, /ties beyond the margin/],
    [{ coverage: 0.91 }, /coverage/],
    [{ coverage: 0.99 }, /coverage/],
    [{ words: { ...good.words, tie: 0.9 } }, /true tie/],
    [{ difference: 0.1, words: { ...good.words, better: 0.9 } }, /true 10 %/],
  ];
  for (const [change, message] of cases) {
    const broken = brokenPromises({ ...good, ...change });
    assert.equal(broken.length, 1, JSON.stringify(change));
    assert.match(broken[0]!, message);
    assert.deepEqual(
      brokenPromises({ ...good, ...change, disturbance: "bimodal launches" }),
      [],
    );
  }
});

Deno.test("0b C: the power that is computed is the power that simulated pairs have", () => {
  const normal = randomNormal.source(randomFrom("power"))();
  const trials = 6000;
  for (const sd of [0.01, 0.02, 0.05]) {
    for (const design of [perPairDesign(6, 3), pooledDesign(6, 3)]) {
      const input = { design, sd, margin: 0.03 };
      const true_ratio = 1 + resolvableDifference(input);
      let [better, tie] = [0, 0];
      for (let trial = 0; trial < trials; trial++) {
        const off = sd / Math.sqrt(design.k) * normal();
        let squares = 0;
        for (let i = 0; i < design.df; i++) squares += normal() ** 2;
        const half = design.factor * sd * Math.sqrt(squares / design.df);
        if (Math.log(true_ratio) + off - half > Math.log(1.03)) better++;
        if (Math.abs(off) + half < Math.log(1.03)) tie++;
      }
      const chance = (p: number) => 4 * Math.sqrt(p * (1 - p) / trials) + 1e-3;
      assertNear(betterPower(input, true_ratio), 0.8, 1e-4);
      assertNear(better / trials, 0.8, chance(0.8), `better, s_d ${sd}`);
      assertNear(tie / trials, tiePower(input), chance(tiePower(input)), `tie, s_d ${sd}`);
    }
  }
});
