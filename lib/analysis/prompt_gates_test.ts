import assert from "node:assert/strict";
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import { request } from "@/records/testdata/sample_records.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { TrialRecord } from "@/records/trial_record.ts";
import { promptGates } from "./prompt_gates.ts";

function trialOf(workload: Record<string, unknown>) {
  const config = configSchema.parse({
    engines: { a: { kind: "llama-cpp" } },
    workloads: { w: workload },
    benchmark: { concurrency_levels: [1], blocks: 1 },
  });
  return plannedTrials(planTrials(config))[0]!;
}

const SYNTHETIC = trialOf({ kind: "synthetic", input_tokens: 100 });
const TEMPLATED = { template_tokens: 30 } as TrialRecord;

function gatesOf(
  measured: Partial<RequestRecord>[],
  trial = SYNTHETIC,
  record: TrialRecord | null = TEMPLATED,
) {
  const gates = promptGates({ trial, record, measured: measured.map(request) });
  return Object.fromEntries(gates.map(({ gate, ...rest }) => [gate, rest]));
}

Deno.test("one prompt that the server counts otherwise makes a trial suspect", () => {
  const as = { asked_prompt_tokens: 100, prompt_tokens: 100 };
  const { prompt_tokens_as_asked: good } = gatesOf([as, as]);
  assert.deepEqual([good!.pass, good!.value], [true, "0 of 2 differ"]);
  const { prompt_tokens_as_asked: bad } = gatesOf([as, { ...as, prompt_tokens: 103 }, {
    ...as,
    prompt_tokens: 99,
  }]);
  assert.deepEqual([bad!.pass, bad!.fails_to], [false, "SUSPECT"]);
  assert.equal(bad!.value, "2 of 3 differ, by up to 3 tokens");
});

Deno.test("where no length was asked for or none is told, none is judged", () => {
  const old = request({ prompt_tokens: 5 });
  delete old.asked_prompt_tokens;
  assert.equal(gatesOf([old])["prompt_tokens_as_asked"], undefined);
  const untold = { asked_prompt_tokens: 100, prompt_tokens: null };
  assert.equal(gatesOf([untold])["prompt_tokens_as_asked"], undefined);
});

Deno.test("a cache may answer for the chat template and no more", () => {
  const cached = (cached_tokens: number | null) => ({ prompt_tokens: 100, cached_tokens });
  assert(gatesOf([cached(0), cached(32)])["cache_cold"]!.pass);
  const { cache_cold } = gatesOf([cached(0), cached(48)]);
  assert.deepEqual([cache_cold!.pass, cache_cold!.fails_to], [false, "SUSPECT"]);
  assert.match(String(cache_cold!.value), /^1 of 2 prompts .*most 48 tokens$/);
  assert.equal(gatesOf([cached(null)])["cache_cold"], undefined);
});

Deno.test("with an unknown template a whole cached prompt is still seen", () => {
  const prompts = trialOf({});
  const seen = (cached_tokens: number) =>
    gatesOf([{ prompt_tokens: 40, cached_tokens }], prompts, null)["cache_cold"]!.pass;
  assert.deepEqual([seen(16), seen(39), seen(40)], [true, true, false]);
});

Deno.test("workloads about reuse may find their prompts cached", () => {
  const trial = trialOf({ kind: "shared_prefix", prefix_tokens: 90, suffix_tokens: 10 });
  assert.equal(gatesOf([{ cached_tokens: 80 }], trial)["cache_cold"], undefined);
});
