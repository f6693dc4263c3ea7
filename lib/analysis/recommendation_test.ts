import assert from "node:assert/strict";
import { closedPoint } from "@/config/load_point.ts";
import type { UseCase } from "@/config/use_cases.ts";
import { manifest } from "@/records/testdata/sample_records.ts";
import { adviceOf } from "./advice.ts";
import { compareEntries, NO_TERMS } from "./comparison.ts";
import { entryGroups } from "./entry_groups.ts";
import { levelRows } from "./levels.ts";
import { recommendations } from "./recommendation.ts";
import { worseBy } from "./regression_check.ts";
import type { SummaryRow } from "./summary_row.ts";
import { row } from "./testdata/sample_trials.ts";

const BATCH: UseCase = {
  name: "batch",
  workload: "prompts",
  metric: "output_tokens_per_s",
  load: "closed 10",
  slo: null,
  target: 0.9,
};
const NOISE = [0, 0.01, -0.008, 0.004, -0.01, 0.006];

/** Six launches of each entry around its rate, noise out of step between entries. */
function study(rates: Record<string, number>, changes: Partial<SummaryRow> = {}): SummaryRow[] {
  return Object.entries(rates).flatMap(([engine, rate], i) =>
    NOISE.map((_, block) =>
      row({
        engine,
        block: block + 1,
        output_tokens_per_s: rate * (1 + NOISE[(block + 2 * i) % 6]!),
        ...changes,
      })
    )
  );
}

function recommend(rows: SummaryRow[], price_per_hour: number | null = null) {
  const terms = { ...NO_TERMS, use_cases: [BATCH], recorded: true, planned_blocks: 6 };
  const comparisons = compareEntries(rows, terms);
  const levels = levelRows(rows, new Map());
  const [found] = recommendations({ use_cases: [BATCH], comparisons, levels, price_per_hour });
  const conditions = manifest();
  if (price_per_hour !== null) conditions.config.hardware.price_per_hour = price_per_hour;
  return { found: found!, comparisons, advice: adviceOf(found!, conditions) };
}

const said = ({ sentences }: ReturnType<typeof adviceOf>, about: string) =>
  sentences.filter((sentence) => sentence.about === about).map(({ text }) => text).join(" ");

Deno.test("an entry that is better than every other one is recommended with its sizes", () => {
  const { found, advice } = recommend(study({ a: 100, b: 130, c: 101 }));
  assert.deepEqual([found.finding, found.entries, found.claim], ["winner", ["b"], "confirmatory"]);
  assert.match(
    said(advice, "answer"),
    /^b\. Its output throughput is better than that of a by 3\d\.\d % \(95 % interval 1\.\d+\.\.1\.\d+, 6 blocks\) and c by/,
  );
  assert.deepEqual(found.groups.map(({ entry, letters }) => `${entry} ${letters}`), [
    "b a",
    "a b",
    "c b",
  ]);
});

Deno.test("without one, all in question are named with their ratio, and none by its point estimate", () => {
  const { found, advice } = recommend(study({ a: 100, b: 100.2, c: 70 }));
  assert.deepEqual([found.finding, found.entries.toSorted()], ["none", ["a", "b"]]);
  const text = said(advice, "answer");
  assert.match(text, /^No clear winner between a and b for batch: b against a 1\.0\d \(/);
  assert.match(text, /k = 6, tie/);
  assert.equal(said(advice, "cost"), "", "medians that cannot be told apart cost alike");
  assert.match(text, /Shown: .*is better than c/);
  assert.match(text, /Choose on other grounds: start-up time, features, memory\./);
  assert.match(
    text,
    /In the median over the compared launches: .* tok\/s \(a\), .* tok\/s \(b\) and/,
  );
});

Deno.test("two entries of three that overlap share a letter with the best", () => {
  const pair = (a: string, b: string, verdict: "better" | "inconclusive") => ({
    ...recommend(study({ a: 100, b: 130 })).comparisons[0]!,
    a,
    b,
    verdict,
    winner: verdict === "better" ? "a" as const : null,
  });
  const groups = entryGroups([
    pair("x", "z", "better"),
    pair("x", "y", "inconclusive"),
    pair("y", "z", "inconclusive"),
  ]);
  assert.deepEqual(groups.map(({ entry, letters }) => [entry, letters]), [
    ["x", "a"],
    ["y", "ab"],
    ["z", "b"],
  ]);
});

Deno.test("what would change the answer, what it costs and what to run next are said", () => {
  const swapped = study({ a: 300, b: 200 }, closedPoint(1));
  const { advice } = recommend([...study({ a: 100, b: 130 }), ...swapped], 2);
  assert.match(
    said(advice, "would change"),
    /^By output throughput at 1 user a is better than b by/,
  );
  // 2 / (3600 × 130) × 10⁶ = 4.27 and 2 / (3600 × 100) × 10⁶ = 5.56.
  assert.match(
    said(advice, "cost"),
    /^A million output tokens cost USD 4\.2\d \(b\) and 5\.5\d \(a\)/,
  );
  assert.match(
    said(advice, "cost"),
    /break even in cost where an hour costs 1\.30 times as much for b/,
  );
  assert.match(said(advice, "next"), /^Offer open loads with an SLO/);
  assert.match(said(advice, "conditions"), /a margin of 5\.0 %\.$/);
});

Deno.test("who keeps the SLO stands with the answer", () => {
  const chat = { ...BATCH, name: "chat", slo: { ttft_ms: 500 } };
  const rows = study({ a: 100, b: 130 }).map((each) => ({
    ...each,
    attainment: each.engine === "a" ? 0.97 : each.block === 1 ? 0.91 : 0.41,
  }));
  const terms = { ...NO_TERMS, use_cases: [chat], recorded: true, planned_blocks: 6 };
  const comparisons = compareEntries(rows, terms);
  const levels = levelRows(rows, new Map());
  const [found] = recommendations({ use_cases: [chat], comparisons, levels, price_per_hour: null });
  assert.match(
    said(adviceOf(found!, manifest()), "answer"),
    /Requests that kept the SLO \(TTFT ≤ 500 ms; target 90\.0 %\), median over launches: 41\.0 % \(b\) and 97\.0 % \(a\); below the target: b\.$/,
  );
});

Deno.test("a faster entry that misses the SLO in every launch wins nothing; a doubtful one stays", () => {
  const chat = { ...BATCH, name: "chat", slo: { ttft_ms: 500 } };
  const found = (shares: Record<string, number>, rates: Record<string, number>) => {
    const rows = study(rates).map((each) => ({ ...each, attainment: shares[each.engine]! }));
    // One launch of `doubtful` is above the target.
    for (const row of rows) if (row.engine === "doubtful" && row.block === 1) row.attainment = 0.91;
    const terms = { ...NO_TERMS, use_cases: [chat], recorded: true, planned_blocks: 6 };
    const [result] = recommendations({
      use_cases: [chat],
      comparisons: compareEntries(rows, terms),
      levels: levelRows(rows, new Map()),
      price_per_hour: null,
    });
    return { result: result!, answer: said(adviceOf(result!, manifest()), "answer") };
  };
  const only = found({ slow: 0.97, fast: 0.41 }, { slow: 100, fast: 130 });
  assert.deepEqual([only.result.entries, only.result.missed_slo], [["slow"], ["fast"]]);
  assert.match(only.answer, /^slow\. It alone kept the SLO\./);
  assert.match(only.answer, /Missed in every launch and so no candidate, .*: fast\./);
  const three = found({ a: 0.97, b: 0.97, fast: 0.41 }, { a: 100, b: 130, fast: 200 });
  assert.deepEqual(three.result.entries, ["b"]);
  assert.match(three.answer, /^b\. Its output throughput is better than that of a by 3/);
  const doubtful = found({ slow: 0.97, doubtful: 0.41 }, { slow: 100, doubtful: 130 });
  assert.deepEqual([doubtful.result.entries, doubtful.result.missed_slo], [["doubtful"], []]);
  const none = found({ a: 0.5, b: 0.41 }, { a: 100, b: 130 });
  assert.deepEqual(none.result.entries, ["b"]);
  assert.match(none.answer, /Every entry missed it in every launch, so none serves this load/);
});

Deno.test("few blocks and failed gates make it exploratory, in words", () => {
  const few = study({ a: 100, b: 130 }).filter(({ block }) => block <= 3);
  const { advice } = recommend(few);
  assert.match(said(advice, "answer"), /^Exploratory: b\./);
  assert.match(
    said(advice, "answer"),
    /It is no claim: 3 of the 5 blocks that a claim needs; 3 blocks were run, 6 were planned\./,
  );
  assert.match(said(advice, "next"), /^Run 6 blocks/);
});

Deno.test("worse is what the whole interval says, and never a doubtful pair", () => {
  const { comparisons } = recommend(study({ base: 100, now: 90 }));
  const [pair] = comparisons.filter(({ metric }) => metric === "output_tokens_per_s");
  assert.deepEqual([worseBy(pair!, 0.05), worseBy(pair!, 0.15)], [true, false]);
  assert.equal(worseBy({ ...pair!, high: 0.99 }, 0.05), false);
  assert.equal(worseBy({ ...pair!, verdict: "not comparable" }, 0.05), false);
});
