import assert from "node:assert/strict";
import { scoreOf } from "./pair_intervals.ts";
import { comparePairs, type PairResult } from "./pairwise.ts";
import { assertNear } from "./statistics/testdata/near.ts";
import { P, Q } from "./statistics/testdata/samples.ts";

const A = [100, 104, 98, 103, 101, 99];
const B = [97, 102, 97, 99, 99, 96];
const C = [101, 103, 100, 104, 103, 99];
const NAMES = ["a", "b", "c", "d"];

function compare(rows: (number | null)[][], margin = 0.05): PairResult[] {
  const scores = rows.map((row) =>
    row.map((value) => value === null ? null : scoreOf(value, "higher"))
  );
  return comparePairs({ entries: NAMES.slice(0, rows.length), scores, margin });
}

function assertEnds(pair: PairResult, expected: number[], tolerance = 1e-7): void {
  const ends = [pair.ratio!, pair.low, pair.high, pair.tie_low, pair.tie_high];
  for (const [i, value] of expected.entries()) {
    assertNear(ends[i]!, value, tolerance, `${pair.a}/${pair.b} [${i}]`);
  }
}

Deno.test("two entries get the unadjusted paired t interval of 7.4", () => {
  const [pair] = compare([P, Q], 0.03);
  assertEnds(pair!, [1.0224587323, 1.0055457178, 1.0396562192, 1.0091769647, 1.0359153011], 1e-9);
  assert.deepEqual([pair!.method, pair!.k, pair!.verdict], ["paired t", 6, "small_edge"]);
  for (const p of [pair!.p, pair!.p_adjusted, pair!.p_holm]) assertNear(p!, 0.01877942, 5e-9);
});

Deno.test("three entries get the pooled residual and Tukey's range", () => {
  // NumPy 2.4 (least squares) and SciPy 1.17.1 (studentized_range at 0.95 and 0.9, 3 groups, 10 df).
  const expected = [
    [1.02540317, 1.01181974, 1.03916897, 1.01393274, 1.03700337],
    [0.99174071, 0.97860320, 1.00505459, 0.98064684, 1.00296009],
    [0.96717149, 0.95435944, 0.98015553, 0.95635245, 0.97811291],
  ];
  const ps = [[.00042723, .00112648], [.11903514, .25069752], [.00004395, .00011806]];
  const pairs = compare([A, B, C]);
  for (const [i, pair] of pairs.entries()) {
    assert.equal(pair.method, "pooled residual, Tukey");
    assertEnds(pair, expected[i]!);
    assertNear(pair.p!, ps[i]![0]!, 1e-8);
    assertNear(pair.p_adjusted!, ps[i]![1]!, 1e-7);
    assertNear(pair.s_d!, Math.sqrt(2 * 7.099451638541295e-5), 1e-12);
  }
  assert.deepEqual(pairs.map(({ a, b }) => a + b), ["ab", "ac", "bc"]);
  const holm = [2 * ps[0]![0]!, ps[1]![0]!, 3 * ps[2]![0]!];
  for (const [i, p] of holm.entries()) assertNear(pairs[i]!.p_holm!, p, 3e-8);
});

Deno.test("a missing cell: pairs use the blocks both have, the residual all that are there", () => {
  const pairs = compare([A, B, C.map((value, block) => block === 5 ? null : value)]);
  assert.deepEqual(pairs.map(({ k }) => k), [6, 5, 5]);
  assertEnds(pairs[0]!, [1.02540317, 1.01107158, 1.03993791]);
  assertEnds(pairs[1]!, [0.99009706, 0.97494830, 1.00548120]);
  assertEnds(pairs[2]!, [0.96666718, 0.95187690, 0.98168727]);
});

Deno.test("variances more than threefold apart are not pooled: per-pair t at 1 − α/6", () => {
  const noisy = A.map((value, block) => value * (1 + 0.05 * (block % 2)));
  const pairs = compare([A, B, noisy]);
  assert.deepEqual(new Set(pairs.map(({ method }) => method)), new Set(["per-pair t, Bonferroni"]));
  const [first] = pairs;
  const half = Math.log(first!.high / first!.ratio!) / first!.s_d!;
  // SciPy 1.17.1: t.ppf(1 - 0.05 / 12, 5) / sqrt(6).
  assertNear(half, 1.722525733498, 1e-9);
  assertNear(first!.p_adjusted!, 6 * first!.p!, 1e-15);
});

Deno.test("swapping two entries mirrors every number and word", () => {
  const [there] = compare([A, C, B]).filter(({ a, b }) => a === "a" && b === "c");
  const [back] = compare([B, C, A]).filter(({ a, b }) => a === "a" && b === "c");
  assertEnds(back!, [1 / there!.ratio!, 1 / there!.high, 1 / there!.low], 1e-12);
  assert.equal(back!.verdict, there!.verdict);
  assert.deepEqual([there!.winner, back!.winner], ["a", "b"]);
});

Deno.test("where lower is better the ratio still says how many times as good", () => {
  const scores = [[10, 11, 12], [20, 22, 24]].map((row) => row.map((ms) => scoreOf(ms, "lower")));
  const [pair] = comparePairs({ entries: ["fast", "slow"], scores, margin: 0.05 });
  assertNear(pair!.ratio!, 2, 1e-12);
  assert.match(
    pair!.sentence,
    /^exploratory \(k = 3\): fast is better, 2\.00 times as good \(2\.00/,
  );
});

Deno.test("one failed launch: never better, however fast the others were", () => {
  const failing = [0, 150, 151, 149, 152, 150];
  const [pair] = compare([failing, A]);
  assert.deepEqual([pair!.method, pair!.low, pair!.failed_a], ["ranks, server failures", 0, 1]);
  assert(pair!.high > 1 && pair!.high < Infinity);
  assert.deepEqual([pair!.verdict, pair!.winner], ["inconclusive", null]);
  assert.match(pair!.sentence, /of 6 blocks a failed in 1, so no ratio is bounded$/);
});

Deno.test("one failed launch does not hide that the others were slower too", () => {
  const slow = [0, 50, 51, 49, 52, 50];
  const [pair] = compare([slow, A]);
  assert.deepEqual([pair!.verdict, pair!.winner, pair!.low], ["better", "b", 0]);
});

Deno.test("failing in every block is worse, once there are blocks enough for ranks", () => {
  const pairs = compare([A, B, A.map(() => 0)]);
  const [ab, ac, bc] = pairs;
  assert.equal(ab!.method, "pooled residual, Tukey");
  for (const pair of [ac!, bc!]) {
    assert.deepEqual([pair.verdict, pair.winner, pair.failed_b], ["better", "a", 6]);
    assert.equal(pair.ratio, Infinity);
    assertNear(pair.p!, 2 / 924, 1e-12);
  }
  const three = compare([A.slice(0, 3), [0, 0, 0]]);
  assert.deepEqual([three[0]!.verdict, three[0]!.exploratory], ["inconclusive", true]);
});

Deno.test("each failed somewhere: nothing is bounded; both failed together: not counted", () => {
  const [each] = compare([A.with(0, 0), B.with(1, 0)]);
  assert.deepEqual([each!.low, each!.high, each!.verdict], [0, Infinity, "inconclusive"]);
  const [together] = compare([P.with(2, 0), Q.with(2, 0)]);
  assert.deepEqual([together!.method, together!.k, together!.both_failed], ["paired t", 5, 1]);
});

Deno.test("a failed third entry leaves the interval of the other two to those two", () => {
  const [ab] = compare([A, B, C.with(0, 0)]);
  assert.equal(ab!.method, "pooled residual, Tukey");
  assert(ab!.low > 0 && ab!.high < Infinity);
});

Deno.test("one shared block and none: no interval, and it says what is missing", () => {
  const [one] = compare([[100, null], [90, 80]]);
  assert.deepEqual([one!.k, one!.low, one!.high, one!.p], [1, 0, Infinity, null]);
  assert.match(one!.sentence, /2 blocks that both have are the least$/);
  const [none] = compare([[100, null], [null, 80]]);
  assert.deepEqual([none!.k, none!.ratio, none!.verdict], [0, null, "inconclusive"]);
  assert.match(none!.sentence, /a and b have no block in common$/);
});

Deno.test("blocks without any spread decide at once", () => {
  const [pair] = compare([[110, 110, 110, 110, 110], [100, 100, 100, 100, 100]]);
  assert.deepEqual([pair!.verdict, pair!.p, pair!.s_d], ["better", 0, 0]);
  const [same] = compare([A, A]);
  assert.deepEqual([same!.verdict, same!.p], ["tie", 1]);
});

Deno.test("values that are neither measured nor a failure are refused", () => {
  assert.equal(scoreOf(0, "higher"), -Infinity);
  assert.equal(scoreOf(Infinity, "lower"), -Infinity);
  for (
    const [value, better] of [[0, "lower"], [Infinity, "higher"], [NaN, "lower"], [
      -1,
      "higher",
    ]] as const
  ) {
    assert.throws(() => scoreOf(value, better), RangeError);
  }
});
