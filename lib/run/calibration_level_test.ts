import assert from "node:assert/strict";
import { request } from "@/records/testdata/sample_records.ts";
import type { Pair } from "@/truth/clock_offset.ts";
import { levelOf, type LoadPlan } from "./calibration_level.ts";

const PLAN: LoadPlan = { mode: "step", streams: 4, token_ms: 20, tokens: 10, rounds: 3 };
const ANSWER_MS = 200;

/** An answer with a token every 20 ms, each seen `late_ms` after it was sent, on one clock. */
function answer(number: number, user_index: number, at_ms: number, late_ms: number): Pair {
  const sent_ms = Array.from({ length: PLAN.tokens }, (_, i) => at_ms + PLAN.token_ms * (i + 1));
  const token_ms = sent_ms.map((at) => at + late_ms);
  return {
    seen: request({
      user_index,
      scheduled_ms: at_ms,
      sent_ms: at_ms,
      token_ms,
      prompt_tokens: number,
      output_tokens: PLAN.tokens,
    }),
    truth: {
      request: number,
      received_ms: at_ms,
      due_ms: sent_ms,
      sent_ms,
      tokens: sent_ms.map(() => 1),
      write_ms_max: 0,
      outcome: "sent",
    },
  };
}

Deno.test("a level is judged by what was asked for while all its streams ran", () => {
  const pairs = Array.from({ length: PLAN.streams * PLAN.rounds }, (_, i) => {
    const [user, round] = [i % PLAN.streams, Math.floor(i / PLAN.streams)];
    const begin_ms = ANSWER_MS * (user / PLAN.streams + round);
    // The last stream begins at 150 ms, and the first has ended at 600 ms.
    const all = begin_ms >= 150 && begin_ms <= 600;
    return answer(i + 1, user, begin_ms, all ? 0.125 : 50);
  });
  const level = levelOf(PLAN, pairs.map(({ seen }) => seen), pairs, { low_ms: 0, high_ms: 0 });
  assert.equal(level.ttft_error_ms.max.toFixed(6), "0.125000");
  assert.deepEqual([level.requests, level.failed], [12, 0]);
  // 4 streams at 50 tokens/s; a window of 450 ms holds a token more or less of each.
  assert.ok(Math.abs(level.events_per_s - 200) < 4 / 0.45, `${level.events_per_s}`);
});
