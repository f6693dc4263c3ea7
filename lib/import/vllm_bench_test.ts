import assert from "node:assert/strict";
import { imported, near, sample, sampleJson, withFile } from "./testdata/imported.ts";

const CHAT = "vllm_bench_0.32.0/real_vllm_chat_c4.json";
const COMPLETIONS = "vllm_bench_0.32.0/real_vllm_completions_c4.json";
const C1 = "vllm_bench_0.32.0/c1.json";

Deno.test("where every event is a token, TTFT from sending and TPOT are vLLM's own", async () => {
  for (const name of [C1, COMPLETIONS]) {
    const { rows: [row], problems } = await imported(sample(name));
    const told = sampleJson(name);
    assert.deepEqual(problems, []);
    near(row!.ttft_from_send_ms_p50, told.median_ttft_ms);
    near(row!.tpot_ms_p50, told.median_tpot_ms);
    assert.equal(row!.output_tokens, told.total_output_tokens);
    assert.equal(row!.prompt_tokens, told.total_input_tokens);
    assert.deepEqual([row!.requests, row!.failed], [told.completed, 0]);
  }
});

Deno.test("a chat's TTFT goes on from the role to the first token, and TPOT begins there", async () => {
  const { rows: [row], manifest } = await imported(sample(CHAT));
  const { ttfts, itls } = sampleJson(CHAT);
  // By hand from the file: the medians of ttft + first gap, and of the other gaps' sum / 31.
  near(row!.ttft_from_send_ms_p50, 15.688678);
  near(row!.tpot_ms_p50, 3.381837);
  assert.equal(row!.tokens_per_event, 1);
  assert.equal(itls[0].length, 32);
  assert.notEqual(ttfts[0] * 1000, row!.ttft_from_send_ms_p50);
  assert.match(manifest.imported![0]!.limits.join(), /stops the TTFT of a chat at the first event/);
});

Deno.test("schedule and window come out of the send times, by hand", async () => {
  const { rows: [row] } = await imported(sample(CHAT));
  near(row!.ttft_ms_p50, 16.061158);
  near(row!.e2e_ms_p50, 121.528042);
  near(row!.output_tokens_per_s, 970.68368, 0.05);
  assert.equal(row!.measured_by, "vllm bench serve (version not in the file)");
});

Deno.test("a chat whose events do not show which was the role keeps its latencies empty", async () => {
  const file = sampleJson(CHAT);
  // The first event long before the second, the last soon after its neighbour.
  file.itls = file.itls.map((gaps: number[]) => [0.01, ...gaps.slice(1, -1), 0.00001]);
  const { rows: [row], manifest } = await withFile("a.json", JSON.stringify(file), imported);
  assert.deepEqual([row!.ttft_ms_p50, row!.tpot_ms_p50, row!.e2e_ms_p50], [null, null, null]);
  assert.equal(row!.output_tokens_per_s, null);
  assert.match(manifest.imported![0]!.limits.join(), /do not show which of them carried none/);
});

Deno.test("without single requests only what is defined as here is taken over", async () => {
  const bare = (name: string) => {
    const { ttfts: _, itls: __, output_lens: ___, ...rest } = sampleJson(name);
    return JSON.stringify(rest);
  };
  const completions = await withFile("a.json", bare(COMPLETIONS), imported);
  near(completions.rows[0]!.ttft_from_send_ms_p50, sampleJson(COMPLETIONS).median_ttft_ms);
  assert.deepEqual(completions.rows[0]!.requests, 40);
  assert.equal(completions.requests.length, 0);
  const chat = await withFile("a.json", bare(CHAT), imported);
  for (const { rows: [row] } of [completions, chat]) {
    assert.deepEqual([row!.ttft_ms_p50, row!.tpot_ms_p50, row!.output_tokens_per_s], [
      null,
      null,
      null,
    ]);
  }
  assert.equal(chat.rows[0]!.ttft_from_send_ms_p50, null);
});

Deno.test("failed requests stay in the count and make the trial invalid", async () => {
  const file = sampleJson(COMPLETIONS);
  Object.assign(file, { completed: 39, failed: 1 });
  file.errors[7] = "Connection reset";
  file.latencies[7] = file.ttfts[7] = file.output_lens[7] = 0;
  file.itls[7] = [];
  const { rows: [row] } = await withFile("a.json", JSON.stringify(file), imported);
  assert.deepEqual([row!.requests, row!.failed, row!.verdict], [40, 1, "INVALID"]);
  assert.match(row!.reasons.join(), /1 of 40 failed, first reported \(Connection reset\)/);
  delete file.errors;
  const untold = await withFile("a.json", JSON.stringify(file), imported);
  assert.deepEqual([untold.rows[0]!.failed, untold.rows[0]!.verdict], [1, "INVALID"]);
});

Deno.test("a load without a number of users is refused with what to do", async () => {
  const refused: [object, RegExp][] = [
    [{ request_rate: 5 }, /a request rate of 5\/s; only closed loops .* --max-concurrency N/],
    [{ max_concurrency: null }, /no max_concurrency: .* run it with --max-concurrency N/],
    [{ ttfts: [0.1] }, /has 1 ttfts, but 20 itls; was it changed\?/],
    [{ completed: "many" }, /looks like a result of .vllm bench serve., but completed: /],
  ];
  for (const [change, why] of refused) {
    const text = JSON.stringify({ ...sampleJson(C1), ...change });
    await assert.rejects(withFile("a.json", text, imported), why);
  }
});
