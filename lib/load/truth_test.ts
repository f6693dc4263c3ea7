/** What the client says of a simulated server against what that server wrote down itself. */
import assert from "node:assert/strict";
import { median } from "simple-statistics";
import { spawnServer } from "@/engines/simulated/spawned_server.ts";
import type { TruthRecord } from "@/engines/simulated/truth_log.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { sendLoad } from "@/test_servers/load_phase.ts";

const REQUESTS = 12;
/** Both clocks are set to the wall clock when their process starts, and that is adjusted meanwhile. */
const CLOCK_SLACK_MS = 2;

/** Each request with its truth: prompts get longer, so that the counts of their tokens are in order. */
async function pairs(wire: string, users: number): Promise<[RequestRecord, TruthRecord][]> {
  await using server = await spawnServer("--wire", wire, "--model", "m");
  const { records } = await sendLoad(`${server.url}/v1`, {
    users,
    requests: REQUESTS,
    prompt: (i) => "word ".repeat(i + 1),
    max_tokens: (i) => 20 + (i * 7) % 11,
    now: () => performance.timeOrigin + performance.now(),
  });
  const truths = (await server.truth(REQUESTS)).sort((a, b) => a.prompt_tokens - b.prompt_tokens);
  return records.toSorted((a, b) => a.request_index - b.request_index)
    .map((record, i) => [record, truths[i]!]);
}

for (const wire of ["vllm", "sglang", "tensorrt-llm"]) {
  for (const users of [1, 4]) {
    Deno.test(`of a ${wire} server with ${users} at a time the client tells the truth`, async () => {
      const all = await pairs(wire, users);
      const lateness_ms: number[] = [];
      const ratios: number[] = [];
      for (const [record, truth] of all) {
        assert.equal(record.failure, null, record.error!);
        assert.equal(record.output_tokens, truth.completion_tokens);
        assert.equal(record.output_tokens, record.max_tokens);
        assert.equal(record.prompt_tokens, truth.prompt_tokens);
        assert.equal(record.token_ms.length, truth.text_ms.length);
        assert.ok(record.sent_ms <= truth.received_ms + CLOCK_SLACK_MS);
        const late = record.token_ms.map((time, i) => time - truth.text_ms[i]!);
        assert.ok(Math.min(...late) >= -CLOCK_SLACK_MS, `${Math.min(...late)} ms`);
        lateness_ms.push(...late);
        const seen = (record.last_token_ms! - record.first_token_ms!) / (record.output_tokens! - 1);
        const real = (truth.text_ms.at(-1)! - truth.text_ms[0]!) / (truth.completion_tokens - 1);
        ratios.push(seen / real);
      }
      const late_ms = median(lateness_ms);
      const ratio = median(ratios);
      console.log(
        `${wire}, ${users} at a time: tokens are stamped ${
          late_ms.toFixed(3)
        } ms after they left, TPOT is ${ratio.toFixed(4)} of the true one`,
      );
      assert.ok(late_ms < 50);
      assert.ok(Math.abs(ratio - 1) < 0.05);
    });
  }
}
