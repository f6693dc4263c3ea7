import assert from "node:assert/strict";
import { type PlannedTrial, plannedTrials, planTrials } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import { configSchema } from "@/config/schema.ts";
import * as workload from "./workload.ts";
import { promptsOf, type WorkloadRequest } from "./workload.ts";

const PROMPTS: Prompt[] = Array.from({ length: 12 }, (_, i) => ({
  prompt_id: `short/${i}`,
  category: "short",
  messages: [{ role: "user", content: `Question ${i}?` }],
}));

function trials(benchmark: Record<string, unknown> = {}): PlannedTrial[] {
  const config = configSchema.parse({
    engines: {
      a: { kind: "llama-cpp" },
      b: { kind: "simulated", wire: "vllm" },
      c: { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "m" },
    },
    benchmark: { concurrency_levels: [1, 10], ...benchmark },
  });
  return plannedTrials(planTrials(config));
}

const [TRIAL] = trials({ concurrency_levels: [10], output_length: "varied", max_tokens: 100 });

/** All at once. */
function trialRequests(...asked: Parameters<typeof workload.trialRequests>) {
  const { warmup, measured } = workload.trialRequests(...asked);
  return { warmup: [...warmup], measured: [...measured] };
}

function firstLine({ messages }: WorkloadRequest): string {
  return messages[0]!.content.split("\n")[0]!;
}

function idsOf(requests: WorkloadRequest[]): Set<string> {
  return new Set(requests.map(({ prompt_id }) => prompt_id));
}

Deno.test("exactly the planned numbers of requests are made", () => {
  for (const trial of trials({ requests_per_level: 50, warmup_requests: 5 })) {
    const { warmup, measured } = trialRequests(trial, PROMPTS);
    assert.deepEqual([warmup.length, measured.length], [5, 50]);
  }
  const { warmup } = trialRequests({ ...TRIAL!, warmup_requests: 0 }, PROMPTS);
  assert.deepEqual(warmup, []);
});

Deno.test("all entries of a block are asked the same, in the same order", () => {
  const cells = Map.groupBy(
    trials({ output_length: "varied" }),
    ({ block, concurrency }) => `${block} ${concurrency}`,
  );
  assert.equal(cells.size, 6);
  for (const cell of cells.values()) {
    const [first, ...others] = cell.map((trial) => trialRequests(trial, PROMPTS));
    assert.equal(others.length, 2);
    for (const other of others) assert.deepEqual(other, first);
  }
});

Deno.test("other blocks and other levels are asked something else", () => {
  const asked = trials().filter(({ entry }) => entry === "a")
    .map((trial) => trialRequests(trial, PROMPTS).measured.slice(0, 20));
  assert.equal(new Set(asked.map((requests) => JSON.stringify(requests))).size, 6);
});

Deno.test("warm-up prompts are never among the measured ones", () => {
  for (const count of [2, 3, 4, 12]) {
    const prompts = PROMPTS.slice(0, count);
    const { warmup, measured } = trialRequests(TRIAL!, prompts);
    assert(idsOf(warmup).isDisjointFrom(idsOf(measured)), `${count} prompts`);
    assert.equal(idsOf(warmup).union(idsOf(measured)).size, count);
  }
});

Deno.test("with one prompt alone both phases use it, under lines of their own", () => {
  const { warmup, measured } = trialRequests(TRIAL!, PROMPTS.slice(0, 1));
  const all = [...warmup, ...measured];
  assert.deepEqual(idsOf(all), new Set(["short/0"]));
  assert.equal(new Set(all.map(firstLine)).size, all.length);
});

Deno.test("no two requests of a trial begin with the same line", () => {
  for (let prompt_seed = 0; prompt_seed < 20; prompt_seed++) {
    const trial = { ...TRIAL!, prompt_seed, requests: 2000, warmup_requests: 200 };
    const { warmup, measured } = trialRequests(trial, PROMPTS);
    const lines = [...warmup, ...measured].map(firstLine);
    assert.equal(new Set(lines).size, 2200, `seed ${prompt_seed}`);
  }
});

Deno.test("the line stands before the first message and the rest is as written", () => {
  const prompt: Prompt = {
    prompt_id: "chat/0",
    category: "chat",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why?" },
    ],
  };
  const [request] = trialRequests(TRIAL!, [prompt]).measured;
  assert.match(request!.messages[0]!.content, /^Request [0-9a-z-]+\.\nBe brief\.$/);
  assert.deepEqual(request!.messages[1], prompt.messages[1]);
  assert.equal(prompt.messages[0]!.content, "Be brief.");
});

Deno.test("fixed lengths are max_tokens each, varied ones 0.8 to 1.0 of it, ends included", () => {
  const lengthsOf = (output_length: "fixed" | "varied") =>
    trialRequests({ ...TRIAL!, output_length, requests: 2000 }, PROMPTS).measured
      .map(({ max_tokens }) => max_tokens);
  assert.deepEqual(new Set(lengthsOf("fixed")), new Set([100]));
  const varied = lengthsOf("varied");
  assert.equal(Math.min(...varied), 80);
  assert.equal(Math.max(...varied), 100);
  // Uniform on 80…100: mean 90, standard deviation 6.06, of the mean of 2000 draws 0.135.
  const mean = varied.reduce((sum, length) => sum + length, 0) / varied.length;
  assert(Math.abs(mean - 90) < 0.55, `mean ${mean}`);
});

Deno.test("varied lengths of very short answers are at least one token", () => {
  const trial = { ...TRIAL!, max_tokens: 1 };
  const { measured } = trialRequests(trial, PROMPTS);
  assert(measured.every(({ max_tokens }) => max_tokens === 1));
});

Deno.test("a workload draws from its categories, all of them where it names none", () => {
  const other: Prompt = { ...PROMPTS[0]!, prompt_id: "long/0", category: "long" };
  const prompts = [...PROMPTS.slice(0, 2), other];
  assert.deepEqual(promptsOf("w", ["long"], prompts), [other]);
  assert.deepEqual(promptsOf("w", undefined, prompts), prompts);
  assert.throws(() => promptsOf("w", ["long", "code"], prompts), {
    message: 'workload "w" names code, but the prompts file has short, long',
  });
});
