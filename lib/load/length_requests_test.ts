import assert from "node:assert/strict";
import type { Arrival } from "@/config/arrivals/arrival.ts";
import { type PlannedTrial, plannedTrials, planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import { givesLengths, type LengthWorkload } from "@/config/workload_schema.ts";
import type { TokenCounter } from "@/engines/tokenizer/token_counter.ts";
import { lengthRequests } from "./length_requests.ts";
import { PromptWriter } from "./prompt_writer.ts";
import type { WorkloadRequest } from "./workload.ts";

/** A token a word, and 5 around a chat. */
const WORDS: TokenCounter = {
  about: "words",
  count: (messages, api) =>
    (api === "chat" ? 5 : 0) + messages.flatMap(({ content }) => content.split(/\s+/)).length,
};
const counted = (request: WorkloadRequest, api: "chat" | "completions" = "chat") =>
  WORDS.count(request.messages, api);

function study(workload: Record<string, unknown>, benchmark: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    engines: { a: { kind: "llama-cpp" }, b: { kind: "simulated", wire: "vllm" } },
    workloads: { w: workload },
    benchmark: {
      concurrency_levels: [4],
      requests_per_level: 60,
      warmup_requests: 8,
      blocks: 2,
      ...benchmark,
    },
  });
  const asked = config.workloads["w"]!;
  assert(givesLengths(asked));
  return { workload: asked, trials: plannedTrials(planTrials(config)) };
}

async function made({ warmup, measured }: ReturnType<typeof lengthRequests>) {
  return { warmup: await Array.fromAsync(warmup), measured: await Array.fromAsync(measured) };
}

async function requestsOf(
  { workload, trials }: { workload: LengthWorkload; trials: PlannedTrial[] },
  trial = trials[0]!,
  arrivals: Arrival[] = [],
) {
  return await made(lengthRequests(trial, workload, await PromptWriter.using(WORDS), arrivals));
}

Deno.test("synthetic prompts have the drawn lengths, and answers 0.8–1.0 of the nominal one", async () => {
  const input_tokens = { distribution: "uniform", min: 20, max: 60 };
  const { measured } = await requestsOf(
    study({ kind: "synthetic", input_tokens, output_tokens: 100 }),
  );
  assert.equal(measured.length, 60);
  for (const request of measured) {
    assert.equal(counted(request), request.asked_prompt_tokens);
    assert(request.asked_prompt_tokens! >= 20 && request.asked_prompt_tokens! <= 60);
    assert(request.max_tokens >= 80 && request.max_tokens <= 100);
  }
  assert(new Set(measured.map(({ asked_prompt_tokens }) => asked_prompt_tokens)).size > 20);
  assert(new Set(measured.map(({ max_tokens }) => max_tokens)).size > 10);
});

Deno.test("all entries of a block get the same requests, other blocks others", async () => {
  const planned = study({ kind: "synthetic", preset: "chat", output_tokens: 20 });
  const texts = new Map<string, number>();
  for (const trial of planned.trials) {
    const { measured } = await requestsOf(planned, trial);
    const key = JSON.stringify(measured);
    texts.set(key, (texts.get(key) ?? 0) + 1);
  }
  assert.deepEqual([...texts.values()], [2, 2]);
});

Deno.test("lengths do not depend on the tokenizer", async () => {
  const { trials: [trial], workload } = study({
    kind: "synthetic",
    input_tokens: { distribution: "lognormal", median: 40, sigma: 0.5, min: 10, max: 200 },
  });
  const halves: TokenCounter = {
    about: "a token for each two characters",
    count: (messages) => Math.ceil(messages[0]!.content.length / 2),
  };
  const lengths = async (counter: TokenCounter) => {
    const writer = await PromptWriter.using(counter);
    const { measured } = await made(lengthRequests(trial!, workload, writer));
    return measured.map(({ asked_prompt_tokens, max_tokens }) => [asked_prompt_tokens, max_tokens]);
  };
  assert.deepEqual(await lengths(halves), await lengths(WORDS));
});

Deno.test("warm-up has texts of its own, and no two prompts begin alike", async () => {
  const planned = study({ kind: "synthetic", input_tokens: 50 });
  const { warmup, measured } = await requestsOf(planned);
  const blocks = [...warmup, ...measured].map(({ messages }) =>
    messages[0]!.content.split(" ").slice(0, 8).join(" ")
  );
  assert.equal(blocks.length, 68);
  assert.equal(new Set(blocks).size, 68);
});

Deno.test("a group's requests share its prefix, their share and lengths are as asked", async () => {
  const planned = study(
    {
      kind: "shared_prefix",
      groups: 3,
      prefix_tokens: 45,
      suffix_tokens: 15,
      share: 0.5,
    },
    { requests_per_level: 200 },
  );
  const { warmup, measured } = await requestsOf(planned);
  for (const request of measured) assert.equal(counted(request), 60);
  const prefix = ({ messages }: WorkloadRequest) =>
    messages[0]!.content.split(" ").slice(0, 40).join(" ");
  const groups = Map.groupBy(measured, ({ prompt_id }) => prompt_id.split("/")[0]!);
  assert.deepEqual([...groups.keys()].sort(), ["alone", "group-0", "group-1", "group-2"]);
  for (const [name, members] of groups) {
    const different = new Set(members.map(prefix)).size;
    assert.equal(different, name === "alone" ? members.length : 1, name);
    assert.equal(new Set(members.map(({ messages }) => messages[0]!.content)).size, members.length);
  }
  const alone = groups.get("alone")!.length / 200;
  assert(alone > 0.4 && alone < 0.6, `${alone}`);
  const known = new Set(measured.map(prefix));
  assert(warmup.every((request) => !known.has(prefix(request))));
});

Deno.test("a conversation's turns follow each other; only the first has a length to check", async () => {
  const planned = study({ kind: "multi_turn", turns: 3, first_turn_tokens: 30, turn_tokens: 9 });
  const { measured } = await requestsOf(planned);
  assert.deepEqual(measured.slice(0, 4).map(({ turn }) => turn), [
    { conversation: 0, turn: 0 },
    { conversation: 0, turn: 1 },
    { conversation: 0, turn: 2 },
    { conversation: 1, turn: 0 },
  ]);
  for (const request of measured) {
    const first = request.turn!.turn === 0;
    assert.equal(request.asked_prompt_tokens, first ? 30 : undefined);
    assert.equal(counted(request, first ? "chat" : "completions"), first ? 30 : 9);
  }
});

const TRACED = {
  concurrency_levels: [],
  loads: [{ mode: "trace", file: "t.csv", name: "t" }],
};

Deno.test("a trace's lengths are asked for, and its groups share a beginning", async () => {
  const config = configSchema.parse({
    engines: { a: { kind: "llama-cpp" } },
    workloads: { w: { kind: "trace", prefix_tokens: 30 } },
    benchmark: TRACED,
  });
  const workload = config.workloads["w"]!;
  assert(givesLengths(workload));
  const arrivals: Arrival[] = [
    { at_ms: 0, input_tokens: 50, output_tokens: 7, prefix_group: "x" },
    { at_ms: 1, input_tokens: 80, output_tokens: 0, prefix_group: "x" },
    { at_ms: 2, input_tokens: 50, output_tokens: 9, prefix_group: "y" },
    { at_ms: 3, input_tokens: 20, output_tokens: 9, prefix_group: "x" },
    { at_ms: 4, input_tokens: 2, output_tokens: 9 },
  ];
  const { trials: [trial] } = study({ kind: "synthetic", input_tokens: 9 });
  const asked = { ...trial!, requests: 5, warmup_requests: 3 };
  const { measured, warmup } = await requestsOf({ workload, trials: [asked] }, asked, arrivals);
  assert.deepEqual(measured.map(({ max_tokens }) => max_tokens), [7, 1, 9, 9, 9]);
  assert.deepEqual(
    measured.map(({ asked_prompt_tokens }) => asked_prompt_tokens),
    [50, 80, 50, 20, 2],
  );
  assert.deepEqual(measured.map((request) => counted(request)), [50, 80, 50, 20, 6]);
  const begins = measured.map(({ messages }) =>
    messages[0]!.content.split(" ").slice(0, 25).join(" ")
  );
  assert.equal(begins[0], begins[1]);
  assert.equal(new Set(begins).size, 4);
  assert.equal(warmup.length, 3);
  await assert.rejects(
    requestsOf({ workload, trials: [asked] }, asked, [{ at_ms: 0 }]),
    /arrival 1 tells no input length.*use kind synthetic/,
  );
});
