import assert from "node:assert/strict";
import { heldRequests } from "@/records/trial_requests.ts";
import { closedPoint } from "@/config/load_point.ts";
import { marginsSchema } from "@/config/use_case_schema.ts";
import { request } from "@/records/testdata/sample_records.ts";
import { compareEntries } from "./comparison.ts";
import type { Comparison } from "./comparison_row.ts";
import type { StudyTerms } from "./study_terms.ts";
import type { Gate, SummaryRow } from "./summary_row.ts";
import { row } from "./testdata/sample_trials.ts";

// Six paired blocks of method note 7.4: ratio 1.0225, 95 % interval 1.0055 to 1.0397.
const P = [2410, 2388, 2451, 2402, 2429, 2433];
const Q = [2362, 2375, 2340, 2391, 2356, 2370];

/** Throughput at ten users, fixed before a run of six blocks, margin 5 %. */
const TERMS: StudyTerms = {
  margins: marginsSchema.parse({}),
  use_cases: [{
    name: "batch",
    workload: "prompts",
    metric: "output_tokens_per_s",
    load: "closed 10",
    slo: null,
    target: 0.9,
  }],
  recorded: true,
  planned_blocks: 6,
  looks: null,
};

/** One trial a block with the given throughputs; null makes the trial's value undefined. */
function blocks(engine: string, rates: (number | null)[], changes: Partial<SummaryRow> = {}) {
  return rates.map((output_tokens_per_s, i) =>
    row({ engine, block: i + 1, output_tokens_per_s, ...changes })
  );
}

/** The trial made INVALID by a gate of that cause. */
function spoilt(trial: SummaryRow, cause: Gate["cause"]): SummaryRow {
  const gate = {
    gate: "x",
    value: 1,
    limit: "0",
    pass: false,
    cause,
    fails_to: "INVALID" as const,
  };
  return { ...trial, verdict: "INVALID", gates: [gate], reasons: ["x"] };
}

function throughput(rows: SummaryRow[], terms = TERMS): Comparison[] {
  return compareEntries(rows, terms).filter(({ metric }) => metric === "output_tokens_per_s");
}

Deno.test("paired blocks give the ratio and interval of R, and the note's verdict", () => {
  const [pair, ...more] = throughput([...blocks("q", Q), ...blocks("p", P)]);
  assert.deepEqual(more, []);
  assert.deepEqual([pair!.a, pair!.b, pair!.blocks, pair!.winner], ["p", "q", 6, "a"]);
  assert.equal(pair!.ratio!.toFixed(9), "1.022458732");
  assert.equal(pair!.low!.toFixed(8), "1.00554572");
  assert.equal(pair!.high!.toFixed(8), "1.03965622");
  assert.deepEqual([pair!.verdict, pair!.also_tie, pair!.method], ["small_edge", true, "paired t"]);
  assert.deepEqual([pair!.claim, pair!.use_cases], ["confirmatory", ["batch"]]);
  assert.equal(
    pair!.sentence,
    "Output throughput at 10 users, p against q: p has a small edge by 2.2 % (1.006..1.040), " +
      "possibly below 5 %; tie: any difference is below 5 % [95 % interval, 6 launches each].",
  );
});

Deno.test("above 1 is better for latencies too", () => {
  const slow = blocks("slow", P, { ttft_ms_p50: 200 });
  const fast = blocks("fast", P, { ttft_ms_p50: 100 });
  const ttft = compareEntries([...slow, ...fast], TERMS)
    .find(({ metric }) => metric === "ttft_ms_p50")!;
  assert.deepEqual([ttft.a, ttft.ratio!.toFixed(6), ttft.winner, ttft.margin], [
    "fast",
    "2.000000",
    "a",
    0.1,
  ]);
});

const failed = {
  value: "1",
  limit: "2",
  pass: false,
  cause: "server",
  fails_to: "SUSPECT",
} as const;

Deno.test("what is no claim says why", () => {
  const because = (rows: SummaryRow[], terms: StudyTerms) =>
    throughput(rows, terms)[0]!.exploratory_because.join("; ");
  const all = [...blocks("q", Q), ...blocks("p", P)];
  assert.equal(because(all, TERMS), "");
  assert.match(because(all, { ...TERMS, use_cases: [] }), /^no use case has this/);
  assert.match(because(all, { ...TERMS, recorded: false }), /recorded before the run/);
  assert.match(because(all, { ...TERMS, planned_blocks: 9 }), /^6 blocks were run, 9 were planned/);
  const few = all.filter(({ block }) => block <= 4);
  assert.match(because(few, { ...TERMS, planned_blocks: 4 }), /^4 of the 5 blocks/);
  const suspect = all.map((r) => r.block === 2 ? { ...r, verdict: "SUSPECT" as const } : r);
  assert.match(because(suspect, TERMS), /^sound trials: 2 of 12 trials SUSPECT, limit 0$/);
  const failedAt = (...gates: string[]) =>
    suspect.map((r): SummaryRow =>
      r.verdict === "VALID" ? r : { ...r, gates: gates.map((gate): Gate => ({ gate, ...failed })) }
    );
  assert.equal(because(failedAt("running_on_server"), TERMS), "", "a queue is an outcome");
  assert.equal(because(failedAt("running_on_server", "steady TTFT"), TERMS), "", "no part in it");
  assert.match(because(failedAt("steady TTFT", "canary"), TERMS), /2 of 12 trials SUSPECT/);
});

Deno.test("an early look takes a wider interval, and a count between looks is no claim", () => {
  const all = [...blocks("q", Q), ...blocks("p", P)];
  const looks = { ...TERMS, planned_blocks: 12, looks: [6, 9, 12] };
  const [early] = throughput(all, looks);
  assert.equal(early!.level.toFixed(4), "0.9969");
  assert.ok(early!.low! < throughput(all)[0]!.low!);
  assert.equal(early!.claim, "confirmatory");
  const [between] = throughput(all.filter(({ block }) => block <= 5), looks);
  assert.deepEqual(between!.exploratory_because, [
    "5 blocks were run, a look at 6, 9, 12 were planned",
  ]);
});

Deno.test("a failed server is an outcome: never better, whatever its other launches did", () => {
  const fast = blocks("p", P.map((rate) => 3 * rate));
  fast[2] = spoilt(fast[2]!, "server");
  const [pair] = throughput([...blocks("q", Q), ...fast]);
  assert.deepEqual([pair!.blocks, pair!.failed_a, pair!.method], [6, 1, "ranks, server failures"]);
  assert.deepEqual([pair!.verdict, pair!.low], ["inconclusive", 0]);
  const dead = blocks("p", P).map((trial) => spoilt(trial, "server"));
  const [against] = throughput([...blocks("q", Q), ...dead]);
  assert.deepEqual([against!.verdict, against!.winner, against!.ratio], ["better", "b", null]);
  assert.match(against!.sentence, /q is better .*p failed in 6 of 6 blocks/);
});

Deno.test("medians are over the shared blocks, and a server that mostly failed has none", () => {
  const known = blocks("q", [10, 20, 40]);
  const [pair] = throughput([...known, ...blocks("p", [30, 50, 70, 1000])]);
  assert.deepEqual([pair!.a, pair!.median_a, pair!.median_b], ["p", 50, 20]);
  const failing = blocks("p", [30, 50, 70]).map((trial, i) =>
    i < 2 ? spoilt(trial, "server") : trial
  );
  const [failed] = throughput([...known, ...failing]);
  assert.deepEqual([failed!.median_a, failed!.median_b], [null, 20]);
});

Deno.test("client and environment take a block from every entry, and an absent entry takes none", () => {
  const ofR = blocks("r", P);
  ofR[3] = spoilt(ofR[3]!, "client");
  const never = blocks("s", P).map((trial) => spoilt(trial, "environment"));
  const pairs = throughput([...blocks("q", Q), ...blocks("p", P), ...ofR, ...never]);
  const pq = pairs.find(({ a, b }) => a === "p" && b === "q")!;
  assert.deepEqual([pq.blocks, pq.lost_blocks], [5, 1]);
  assert.match(pq.sentence, /5 launches each, 1 block lost to client or environment/);
  const ps = pairs.find(({ a }) => a === "s")!;
  assert.deepEqual([ps.verdict, ps.blocks], ["not comparable", 0]);
});

Deno.test("a block in which one value is undefined is left out for that pair", () => {
  const gap = blocks("p", P.map((rate, i) => i === 2 ? null : rate));
  const [pair] = throughput([...blocks("q", Q), ...gap]);
  assert.deepEqual([pair!.blocks, pair!.lost_blocks], [5, 0]);
});

Deno.test("trials are paired by their block; warm-up blocks and replaced trials do not enter", () => {
  const shuffled = [...blocks("q", Q), ...blocks("p", P).toReversed()];
  const beside = [
    row({ engine: "p", block: 0, role: "warm", output_tokens_per_s: 1 }),
    row({ engine: "p", block: 3, role: "replaced", output_tokens_per_s: 1 }),
  ];
  const [pair] = throughput([...shuffled, ...beside]);
  assert.equal(pair!.ratio!.toFixed(9), "1.022458732");
  assert.equal(pair!.claim, "confirmatory");
});

Deno.test("below two shared blocks there is no comparison and the sentence says why", () => {
  const [pair] = throughput([...blocks("q", Q.slice(0, 2)), ...blocks("p", [10])]);
  assert.deepEqual([pair!.ratio, pair!.low, pair!.verdict], [null, null, "not comparable"]);
  assert.match(
    pair!.sentence,
    /not comparable: 1 paired launch with a usable value, 2 are needed/,
  );
});

Deno.test("other prompt token counts are other work: not comparable", () => {
  const all = [...blocks("q", Q), ...blocks("p", P)];
  const asked = (more: number) =>
    all.map(({ trial_id, engine }) =>
      request({ trial_id, phase: "measured", prompt_tokens: engine === "p" ? 12 + more : 12 })
    );
  const [equal] = compareEntries(all, TERMS, heldRequests(asked(0)));
  assert.equal(equal!.verdict, "small_edge");
  const [other] = compareEntries(all, TERMS, heldRequests(asked(2)));
  assert.equal(other!.verdict, "not comparable");
  assert.match(other!.sentence, /prompt tokens: 6 of 6 prompts differ, e\.g\. .*: 14 against 12/);
});

Deno.test("clumps of tokens, unequal lengths, clocks and bimodal launches make it exploratory", () => {
  const because = (changes: Partial<SummaryRow>, metric = "output_tokens_per_s") =>
    compareEntries([...blocks("q", Q), ...blocks("p", P, changes)], TERMS)
      .find((each) => each.metric === metric)!.exploratory_because.join("; ");
  assert.match(because({ output_tokens: 390 }), /output lengths: .*0\.975 times/);
  assert.match(because({ tokens_per_event: 1.5 }, "ttft_ms_p50"), /stream granularity/);
  assert.doesNotMatch(because({ tokens_per_event: 1.5 }), /stream granularity/);
  const told = { kv_cache_tokens: 1000, kv_use_peak: 0.95, sm_clock_mhz_median: 1600 };
  const rows = [
    ...blocks("q", Q, { ...told, kv_cache_tokens: 2000, sm_clock_mhz_median: 1980 }),
    ...blocks("p", P, told),
  ];
  const [pair] = throughput(rows);
  assert.match(pair!.exploratory_because.join("; "), /memory parity: .*95 % in use.*GPU clocks: /);
  const idle = rows.map((each) => ({ ...each, kv_use_peak: 0.3, sm_clock_mhz_median: null }));
  assert.equal(throughput(idle)[0]!.claim, "confirmatory");
  const modes = blocks("p", [2400, 2401, 2405, 1200, 1201, 2402]);
  assert.match(
    throughput([...blocks("q", Q), ...modes])[0]!.exploratory_because.join("; "),
    /one mode: 2 launches of p 2\.00 times worse than the other 4/,
  );
});

Deno.test("an external server was not launched for each block, and the sentence does not say so", () => {
  const external = { kind: "external" };
  const [pair] = throughput([...blocks("q", Q, external), ...blocks("p", P, external)]);
  assert.match(pair!.sentence, /, 6 passes each\]/);
});

Deno.test("real and simulated entries are never paired, nor are two runs", () => {
  const simulated = { simulated: true, kind: "simulated" };
  assert.deepEqual(compareEntries([...blocks("q", Q), ...blocks("p", P, simulated)]), []);
  assert.deepEqual(compareEntries([...blocks("q", Q), ...blocks("p", P, { run_id: "other" })]), []);
});

Deno.test("loads and workloads are compared apart, every pair on every metric", () => {
  const rows = ["a", "b", "c"].flatMap((engine) =>
    [1, 10].flatMap((concurrency) =>
      ["short", "code"].flatMap((workload) =>
        blocks(engine, P, { ...closedPoint(concurrency), workload })
      )
    )
  );
  const cells = compareEntries(rows).map(({ metric, workload, load, a, b }) =>
    [metric, workload, load, a, b].join(" ")
  );
  assert.equal(cells.length, 3 * 2 * 2 * 3);
  assert.equal(new Set(cells).size, cells.length);
  assert.ok(cells.includes("ttft_ms_p50 code closed 10 c b"));
});
