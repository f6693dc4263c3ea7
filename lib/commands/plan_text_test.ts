import assert from "node:assert/strict";
import { planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import { renderPlan } from "./plan_text.ts";

function planOf(benchmark: Record<string, unknown>) {
  return planTrials(configSchema.parse({
    engines: { a: { kind: "vllm" }, b: { kind: "sglang" } },
    workloads: { short: {}, code: {} },
    benchmark: {
      concurrency_levels: [1, 10],
      blocks: 2,
      warm_block: false,
      seed: 5,
      max_tokens: 64,
      ...benchmark,
    },
  }));
}

Deno.test("a plan is told by its size, its blocks in their order and what each launch serves", () => {
  const plan = planOf({});
  const orders = plan.launches.map(({ entry }) => entry);
  assert.equal(
    renderPlan(plan),
    [
      "4 launches, 16 trials, 960 measured requests, seed 5",
      `block 1: ${orders[0]}, ${orders[1]}`,
      `block 2: ${orders[2]}, ${orders[3]}`,
      "each launch:",
      "  short, 1 at a time: 20 requests after 2 to warm up, 64 tokens each",
      "  short, 10 at a time: 100 requests after 20 to warm up, 64 tokens each",
      "  code, 1 at a time: 20 requests after 2 to warm up, 64 tokens each",
      "  code, 10 at a time: 100 requests after 20 to warm up, 64 tokens each",
    ].join("\n"),
  );
});

Deno.test("varied lengths are told as such, and counts as they were written", () => {
  const text = renderPlan(planOf({
    output_length: "varied",
    requests_per_level: 50,
    warmup_requests: 5,
  }));
  assert.match(text, /10 at a time: 50 requests after 5 to warm up, 0\.8–1\.0 × 64 tokens each/);
});
