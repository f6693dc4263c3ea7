import assert from "node:assert/strict";
import { compareEntries } from "./comparison.ts";
import type { Comparison, SummaryRow } from "./summary_row.ts";
import { row } from "./testdata/sample_trials.ts";

// Six paired blocks of method note 7.4: ratio 1.0225, 95 % interval 1.0055 to 1.0397.
const P = [2410, 2388, 2451, 2402, 2429, 2433];
const Q = [2362, 2375, 2340, 2391, 2356, 2370];

/** One trial a block with the given throughputs; null makes the trial's value undefined. */
function blocks(engine: string, rates: (number | null)[], changes: Partial<SummaryRow> = {}) {
  return rates.map((output_tokens_per_s, i) =>
    row({ engine, block: i + 1, output_tokens_per_s, ...changes })
  );
}

function throughput(rows: SummaryRow[]): Comparison[] {
  return compareEntries(rows).filter(({ metric }) => metric === "output_tokens_per_s");
}

Deno.test("paired blocks give the ratio and interval of R, and a verdict", () => {
  const [comparison, ...more] = throughput([...blocks("q", Q), ...blocks("p", P)]);
  assert.deepEqual(more, []);
  const { a, b, launches, ratio, low, high, verdict } = comparison!;
  assert.deepEqual([a, b, launches, verdict], ["p", "q", 6, "a higher"]);
  assert.equal(ratio!.toFixed(9), "1.022458732");
  assert.equal(low!.toFixed(8), "1.00554572");
  assert.equal(high!.toFixed(8), "1.03965622");
  const [back] = throughput([...blocks("p", P), ...blocks("q", Q)]);
  assert.deepEqual([back!.a, back!.b, back!.verdict], ["q", "p", "a lower"]);
});

Deno.test("the sentence holds the ratio, its interval, the launches and its rank", () => {
  const [comparison] = throughput([...blocks("q", Q), ...blocks("p", P)]);
  assert.equal(
    comparison!.sentence,
    "At 10 users, p has 1.02 times the output tokens per second of q " +
      "(ratio 1.02, 95 % interval 1.01–1.04, 6 launches each, exploratory).",
  );
  const [alone] = throughput([
    ...blocks("q", Q, { concurrency: 1 }),
    ...blocks("p", P, { concurrency: 1 }),
  ]);
  assert.match(alone!.sentence, /^At 1 user, /);
});

Deno.test("an interval that holds 1 shows no difference", () => {
  const [comparison] = throughput([...blocks("q", [100, 102, 98]), ...blocks("p", [101, 99, 103])]);
  assert(comparison!.low! < 1 && comparison!.high! > 1);
  assert.equal(comparison!.verdict, "no difference seen");
  // Logs .00995, −.02985, .04976: mean .00995, s .0398, half-width 4.3027 s / √3 = .0989.
  assert.equal(
    comparison!.sentence,
    "At 10 users, no difference seen in output tokens per second between p and q " +
      "(ratio 1.01, 95 % interval 0.91–1.11, 3 launches each, exploratory).",
  );
});

Deno.test("trials are paired by their block and not by their place", () => {
  const shuffled = [...blocks("q", Q), ...blocks("p", P).toReversed()];
  assert.equal(throughput(shuffled)[0]!.ratio!.toFixed(9), "1.022458732");
});

Deno.test("a block in which one trial is INVALID or undefined is left out for both", () => {
  const spoilt = blocks("p", P);
  spoilt[2] = row({ engine: "p", block: 3, output_tokens_per_s: 1e9, verdict: "INVALID" });
  const without = (values: number[]) => values.filter((_, i) => i !== 2);
  const { ratio, low, high } = throughput([
    ...blocks("q", without(Q)),
    ...blocks("p", without(P)),
  ])[0]!;
  const undefinedOnce = blocks("p", P.map((rate, i) => i === 2 ? null : rate));
  for (const ofP of [spoilt, undefinedOnce]) {
    const comparison = throughput([...blocks("q", Q), ...ofP])[0]!;
    assert.deepEqual([comparison.ratio, comparison.low, comparison.high], [ratio, low, high]);
    assert.deepEqual([comparison.launches, comparison.left_out], [5, 1]);
    assert.match(comparison.sentence, /5 launches each, 1 left out as unusable, exploratory/);
  }
});

Deno.test("an interval too wide to speak of no difference cannot tell", () => {
  const [comparison] = throughput([...blocks("q", [10, 10, 10]), ...blocks("p", [5, 12, 30])]);
  assert.equal(comparison!.verdict, "cannot tell");
  assert.match(
    comparison!.sentence,
    /^At 10 users, these data cannot tell p from q in output tokens/,
  );
});

Deno.test("an external server was not launched for each block, and the sentence does not say so", () => {
  const external = { kind: "external" };
  const [comparison] = throughput([...blocks("q", Q, external), ...blocks("p", P, external)]);
  assert.match(comparison!.sentence, /, 6 passes each, exploratory/);
});

Deno.test("SUSPECT trials are used", () => {
  const suspect = blocks("p", P, { verdict: "SUSPECT" });
  assert.equal(throughput([...blocks("q", Q), ...suspect])[0]!.launches, 6);
});

Deno.test("below two shared blocks there is no comparison and the sentence says why", () => {
  for (const [rates, launches] of [[[10], 1], [[], 0], [[null, 10], 1]] as const) {
    const [comparison] = throughput([
      ...blocks("q", Q.slice(0, 2)),
      ...blocks("p", [...rates]),
      row({ engine: "p", block: 9, output_tokens_per_s: 5 }),
    ]);
    const { ratio, low, high, verdict } = comparison!;
    assert.deepEqual([ratio, low, high, verdict], [null, null, null, "not comparable"]);
    assert.equal(comparison!.launches, launches);
    assert.equal(
      comparison!.sentence,
      "At 10 users, p and q cannot be compared on output tokens per second: " +
        `${launches} paired launches with a usable value, 2 are needed.`,
    );
  }
});

Deno.test("real and simulated entries are never paired, nor are two runs", () => {
  const simulated = { simulated: true, kind: "simulated" };
  assert.deepEqual(compareEntries([...blocks("q", Q), ...blocks("p", P, simulated)]), []);
  assert.deepEqual(compareEntries([...blocks("q", Q), ...blocks("p", P, { run_id: "other" })]), []);
  const both = throughput([...blocks("q", Q, simulated), ...blocks("p", P, simulated)]);
  assert.deepEqual(both.map((comparison) => comparison.simulated), [true]);
});

Deno.test("levels and workloads are compared apart, every pair on every metric", () => {
  const rows = ["a", "b", "c"].flatMap((engine) =>
    [1, 10].flatMap((concurrency) =>
      ["short", "code"].flatMap((workload) => blocks(engine, P, { concurrency, workload }))
    )
  );
  const cells = compareEntries(rows).map((comparison) => {
    const { metric, workload, concurrency, a, b } = comparison;
    return [metric, workload, concurrency, a, b].join(" ");
  });
  assert.equal(cells.length, 3 * 2 * 2 * 3);
  assert.equal(new Set(cells).size, cells.length);
  assert(cells.includes("ttft_ms_p50 code 10 c b"));
});

Deno.test("a small ratio is not rounded to nothing", () => {
  const slow = blocks("slow", [1, 1.1, 0.9], { ttft_ms_p50: 6130 });
  const fast = blocks("fast", [1, 1.1, 0.9], { ttft_ms_p50: 44 });
  const [ttft] = compareEntries([...slow, ...fast]).filter(({ metric }) =>
    metric === "ttft_ms_p50"
  );
  assert.match(ttft!.sentence, /fast has 0\.007 times the median TTFT of slow/);
});
