import assert from "node:assert/strict";
import { ratioInterval } from "./statistics/ratio_interval.ts";
import { P, paired, Q } from "./statistics/testdata/samples.ts";
import { type VerdictInput, verdictOf } from "./verdict.ts";

const pair = (low: number, high: number, more: Partial<VerdictInput> = {}): VerdictInput => ({
  a: "x",
  b: "y",
  ratio: Math.sqrt(low * high),
  low,
  high,
  margin: 0.05,
  k: 6,
  blocks_needed: 11,
  ...more,
});

Deno.test("3.4: the words of the table, first match from the top", () => {
  const table: [number, number, string][] = [
    [1.06, 1.10, "x is better by 8.0 % (1.060..1.100)"],
    [1.01, 1.20, "x has a small edge by 10.1 % (1.010..1.200), possibly below 5 %"],
    [0.97, 1.03, "tie: any difference is below 5 % (0.970..1.030)"],
    [0.90, 1.20, "inconclusive: 0.900..1.200; about 11 blocks would be needed"],
    [0.97, 1.06, "inconclusive: 0.970..1.060; about 11 blocks would be needed"],
  ];
  for (const [low, high, sentence] of table) {
    assert.equal(verdictOf(pair(low, high)).sentence, sentence);
  }
});

Deno.test("3.4: each word mirrored for b, with b's own numbers", () => {
  for (const [low, high] of [[1.06, 1.10], [1.01, 1.20], [1.001, 1.02]] as const) {
    const there = verdictOf(pair(low, high));
    const back = verdictOf(pair(1 / high, 1 / low, { a: "y", b: "x" }));
    assert.deepEqual([there.winner, back.winner], ["a", "b"]);
    assert.deepEqual({ ...back, winner: null }, { ...there, winner: null });
  }
  for (const [low, high] of [[0.97, 1.03], [0.9, 1.2]] as const) {
    const [there, back] = [verdictOf(pair(low, high)), verdictOf(pair(1 / high, 1 / low))];
    assert.equal(back.verdict, there.verdict);
    assert.equal(back.winner, null);
  }
});

Deno.test("a small edge that is shown to be below the margin says both", () => {
  const { verdict, also_tie, sentence } = verdictOf(pair(1.01, 1.04));
  assert.deepEqual([verdict, also_tie], ["small_edge", true]);
  assert.match(
    sentence,
    /^x has a small edge .*possibly below 5 %; tie: any difference is below 5 %$/,
  );
});

Deno.test("3.4: the example is a small edge at 3 %, and also a tie at 5 % but not at 3 %", () => {
  const [wide, narrow] = [ratioInterval(paired(P, Q))!, ratioInterval(paired(P, Q), 0.9)!];
  const at = (margin: number) =>
    verdictOf({
      ...pair(wide.low, wide.high, { margin }),
      ratio: wide.ratio,
      tie_low: narrow.low,
      tie_high: narrow.high,
    });
  assert.deepEqual([at(0.03).verdict, at(0.03).winner, at(0.03).also_tie], [
    "small_edge",
    "a",
    false,
  ]);
  assert.deepEqual([at(0.05).verdict, at(0.05).also_tie], ["small_edge", true]);
  assert.match(at(0.03).sentence, /small edge by 2\.2 % \(1\.006\.\.1\.040\), possibly below 3 %$/);
});

Deno.test("a tie goes by the 1 − 2α interval and prints it", () => {
  const { verdict, sentence } = verdictOf(pair(0.94, 1.02, { tie_low: 0.96, tie_high: 1.01 }));
  assert.equal(verdict, "tie");
  assert.equal(sentence, "tie: any difference is below 5 % (0.960..1.010)");
});

Deno.test("the ends of the table's conditions belong where it puts them", () => {
  assert.equal(verdictOf(pair(1.05, 1.2)).verdict, "small_edge");
  assert.equal(verdictOf(pair(1, 1.2)).verdict, "inconclusive");
  assert.equal(verdictOf(pair(0.99, 1.05)).verdict, "inconclusive");
  assert.equal(verdictOf(pair(1 / 1.05, 1.01)).verdict, "inconclusive");
  assert.equal(verdictOf(pair(1, 1)).verdict, "tie");
});

Deno.test("fewer than five blocks are never more than exploratory", () => {
  for (const k of [2, 3, 4]) {
    const { exploratory, sentence } = verdictOf(pair(1.06, 1.1, { k }));
    assert(exploratory);
    assert.equal(sentence, `exploratory (k = ${k}): x is better by 8.0 % (1.060..1.100)`);
  }
  assert.equal(verdictOf(pair(1.06, 1.1, { k: 5 })).exploratory, false);
});

Deno.test("what would help is said: blocks, nothing, a second block, no failures", () => {
  const remedy = (more: Partial<VerdictInput>) =>
    verdictOf(pair(0.8, 1.2, more)).sentence.split("; ")[1];
  assert.equal(remedy({ blocks_needed: null }), "no feasible number of blocks would do");
  assert.equal(remedy({ k: 1 }), "2 blocks that both have are the least");
  assert.equal(remedy({ k: 0, ratio: null }), "x and y have no block in common");
  assert.equal(remedy({ failed_a: 1 }), "of 6 blocks x failed in 1, so no ratio is bounded");
});

Deno.test("the winner over an engine that failed throughout has no size", () => {
  const failed = { ratio: 0, failed_a: 6 };
  const { verdict, winner, sentence } = verdictOf(pair(0, 0, failed));
  assert.deepEqual([verdict, winner], ["better", "b"]);
  assert.equal(sentence, "y is better (unbounded; x failed in 6 of 6 blocks)");
});
