import assert from "node:assert/strict";
import { loadPointOf } from "@/config/load_point.ts";
import type { UseCase } from "@/config/use_cases.ts";
import { evidenceOf, NO_TERMS } from "./comparison.ts";
import { compareMaxLoads, crossing } from "./max_load.ts";
import type { SummaryRow } from "./summary_row.ts";
import { row } from "./testdata/sample_trials.ts";

const points = (shares: number[], requests = 100) =>
  shares.map((attainment, i) => ({ rate_per_s: 2 ** i, attainment, requests }));

Deno.test("the crossing lies between the rates around the target, straight on the log of the rate", () => {
  // From 0.95 at 2/s to 0.85 at 4/s: the target of 0.9 is half way, at 2 √2.
  const found = crossing(points([1, 0.95, 0.85, 0.2]), 0.9)!;
  assert.equal(found.max_load_per_s.toFixed(9), (2 * Math.SQRT2).toFixed(9));
  assert.equal(found.censored, null);
});

Deno.test("a dip that recovers is pooled and not taken for the crossing", () => {
  // 0.86 at 2/s and 0.96 at 4/s pool to 0.91; the crossing is after them.
  const found = crossing(points([1, 0.86, 0.96, 0.7]), 0.9)!;
  assert.ok(found.max_load_per_s > 4 && found.max_load_per_s < 8, `${found.max_load_per_s}`);
});

Deno.test("beyond the offered rates the value is an end and says so", () => {
  assert.deepEqual(crossing(points([1, 0.99]), 0.9), { max_load_per_s: 2, censored: "above" });
  assert.deepEqual(crossing(points([0.5, 0.2]), 0.9), { max_load_per_s: 1, censored: "below" });
  assert.equal(crossing(points([1]), 0.9), null);
});

const USE_CASE: UseCase = {
  name: "chat",
  workload: "prompts",
  metric: "max_load_per_s",
  load: "poisson",
  slo: { ttft_ms: 500 },
  target: 0.9,
};

/** Launches of an entry at 1, 2, 4 and 8 requests/s; attainment falls behind `knee`. */
function launches(engine: string, knees: number[], changes: Partial<SummaryRow> = {}) {
  return knees.flatMap((knee, i) =>
    [1, 2, 4, 8].map((rate_per_s) =>
      row({
        engine,
        block: i + 1,
        ...loadPointOf({
          load: { mode: "poisson", rate_per_s },
          concurrency: null,
          offered_requests_per_s: rate_per_s,
        }),
        attainment: Math.min(1, 0.9 * (knee / rate_per_s)),
        ...changes,
      })
    )
  );
}

Deno.test("launches are paired by their crossing, a block each", () => {
  const rows = [
    ...launches("q", [2, 2.05, 1.95, 2, 2.02, 1.98]),
    ...launches("p", [3, 3.02, 2.98, 3.04, 2.96, 3]),
  ];
  const terms = { ...NO_TERMS, use_cases: [USE_CASE], recorded: true, planned_blocks: 6 };
  const [pair, ...more] = compareMaxLoads(rows, evidenceOf(rows, terms, new Map()));
  assert.deepEqual(more, []);
  assert.deepEqual([pair!.a, pair!.verdict, pair!.winner, pair!.claim], [
    "p",
    "better",
    "a",
    "confirmatory",
  ]);
  // By hand: p crosses near 2 · 2^(0.1 / 0.325) = 2.48, q near 2; coarse rates pull the true 1.5 in.
  assert.ok(Math.abs(pair!.ratio! - 1.25) < 0.03, `${pair!.ratio}`);
  assert.ok(Math.abs(pair!.median_a! - 2.48) < 0.05 && Math.abs(pair!.median_b! - 2) < 0.05);
  assert.match(
    pair!.sentence,
    /^Largest load under the SLO over poisson rates, p against q: p is better/,
  );
  const easy = [...launches("q", [9, 9, 9, 9, 9, 9]), ...launches("p", [3, 3, 3, 3, 3, 3.1])];
  const [censored] = compareMaxLoads(easy, evidenceOf(easy, terms, new Map()));
  assert.match(censored!.exploratory_because.join(), /6 of 12 launches met the SLO at every rate/);
});
