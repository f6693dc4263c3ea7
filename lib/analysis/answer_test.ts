import assert from "node:assert/strict";
import { closedPoint, loadPointOf } from "@/config/load_point.ts";
import { answer } from "./answer.ts";
import type { Comparison } from "./summary_row.ts";

function comparison(changes: Partial<Comparison>): Comparison {
  const base = {
    simulated: false,
    workload: "prompts",
    ...closedPoint(changes.concurrency ?? 8),
    metric: "output_tokens_per_s" as const,
    a: "a",
    b: "b",
    launches: 3,
    left_out: 0,
    ratio: 1.5,
    low: 1.2,
    high: 1.8,
    verdict: "a higher" as const,
    ...changes,
  };
  const { metric, a, b, concurrency, workload } = base;
  return { ...base, sentence: `${metric} of ${a}/${b} at ${concurrency} on ${workload}.` };
}

/** One pair at every level and metric. */
function pair(changes: Partial<Comparison> = {}): Comparison[] {
  const metrics = ["output_tokens_per_s", "ttft_ms_p50", "tpot_ms_p50"] as const;
  return [1, 4, 8].flatMap((concurrency) =>
    metrics.map((metric) => comparison({ concurrency, metric, ...changes }))
  );
}

const texts = (comparisons: Comparison[]) => answer(comparisons).map(({ text }) => text);

Deno.test("one pair is answered by throughput, TTFT and TPOT at the top and throughput at the bottom", () => {
  assert.deepEqual(texts(pair()), [
    "output_tokens_per_s of a/b at 8 on prompts.",
    "ttft_ms_p50 of a/b at 8 on prompts.",
    "tpot_ms_p50 of a/b at 8 on prompts.",
    "output_tokens_per_s of a/b at 1 on prompts.",
  ]);
});

Deno.test("with one level nothing is said twice", () => {
  assert.deepEqual(texts(pair().filter(({ concurrency }) => concurrency === 4)), [
    "output_tokens_per_s of a/b at 4 on prompts.",
    "ttft_ms_p50 of a/b at 4 on prompts.",
    "tpot_ms_p50 of a/b at 4 on prompts.",
  ]);
});

Deno.test("several pairs are answered by throughput at the highest level alone", () => {
  assert.deepEqual(texts([...pair(), ...pair({ a: "c" }), ...pair({ a: "c", b: "a" })]), [
    "output_tokens_per_s of a/b at 8 on prompts.",
    "output_tokens_per_s of c/b at 8 on prompts.",
    "output_tokens_per_s of c/a at 8 on prompts.",
  ]);
});

Deno.test("real engines come first and simulated ones are called so in the sentence", () => {
  const sentences = answer([...pair({ simulated: true, a: "s", b: "t" }), ...pair()]);
  const called = sentences.map(({ simulated }) => simulated);
  assert.deepEqual(called, [false, false, false, false, true, true, true, true]);
  assert.equal(sentences[4]!.text, "Simulated: output_tokens_per_s of s/t at 8 on prompts.");
  assert(sentences.slice(0, 4).every(({ text }) => !text.includes("Simulated")));
});

Deno.test("each workload has its own answer, at its own highest level", () => {
  const code = pair({ workload: "code" }).filter(({ concurrency }) => concurrency! < 8);
  assert.deepEqual(texts([...pair(), ...code]).filter((text) => text.includes("code")), [
    "output_tokens_per_s of a/b at 4 on code.",
    "ttft_ms_p50 of a/b at 4 on code.",
    "tpot_ms_p50 of a/b at 4 on code.",
    "output_tokens_per_s of a/b at 1 on code.",
  ]);
});

Deno.test("without a pair there is no answer", () => {
  assert.deepEqual(answer([]), []);
});

Deno.test("for a schedule the answer begins with TTFT, and families answer apart", () => {
  const at = (rate_per_s: number) =>
    loadPointOf({
      load: { mode: "poisson", rate_per_s, requests: 9 },
      concurrency: null,
      offered_requests_per_s: rate_per_s,
    });
  const open = [1, 4].flatMap((rate) =>
    (["output_tokens_per_s", "ttft_ms_p50", "tpot_ms_p50"] as const).map((metric) => ({
      ...comparison({ metric }),
      ...at(rate),
      sentence: `${metric} at ${rate}/s`,
    }))
  );
  assert.deepEqual(answer(open).map(({ text }) => text), [
    "ttft_ms_p50 at 4/s",
    "tpot_ms_p50 at 4/s",
    "output_tokens_per_s at 4/s",
    "ttft_ms_p50 at 1/s",
  ]);
  assert.equal(answer([...open, comparison({})]).length, 5);
});
