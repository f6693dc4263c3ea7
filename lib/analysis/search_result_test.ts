import assert from "node:assert/strict";
import { failedRequest, request } from "@/records/testdata/sample_records.ts";
import { lookOf } from "./search_result.ts";
import { planned } from "./testdata/sample_trials.ts";

const SEARCH = {
  slo: { ttft_ms: 200 },
  target: 0.9,
  start_rate_per_s: 1,
  max_rate_per_s: 2,
  n_max: 300,
};
const trial = planned({
  load: { mode: "poisson", rate_per_s: 2, requests: 40 },
  requests: 40,
  offered_requests_per_s: 2,
  probe: { part: "search", look: 1 },
});

/** One request every 10 ms with these TTFTs, told in another order than sent. */
const answered = (ttft_ms: number[]) =>
  ttft_ms.map((ms, i) =>
    request({ scheduled_ms: 10 * i, sent_ms: 10 * i, first_token_ms: 10 * i + ms })
  ).toReversed();

const alternating = Array.from({ length: 40 }, (_, i) => i % 2 === 0 ? 50 : 150);

Deno.test("a look weighs its requests in the order of their sends, not of their ends", () => {
  const look = lookOf(trial, answered(alternating), SEARCH);
  assert.deepEqual(look, {
    part: "search",
    rate_per_s: 2,
    n: 40,
    in_start_up: 0,
    kept: [{ condition: "all", share: 0.9, kept: 40, n_eff: 40 }],
  });
  const [stretch] = lookOf(trial, answered(alternating.toSorted((a, b) => a - b)), SEARCH).kept;
  assert.equal(stretch!.kept, 40);
  assert.ok(stretch!.n_eff < 10, `${stretch!.n_eff}`);
});

Deno.test("requests that failed or were never sent kept nothing, and stand together", () => {
  const records = [...answered(alternating.slice(0, 20)), failedRequest({ scheduled_ms: 205 })];
  const [all] = lookOf(trial, records, SEARCH).kept;
  assert.equal(all!.kept, 20);
  assert.ok(all!.n_eff < 10, `${all!.n_eff}`);
});

Deno.test("requests of a probe's start-up count neither way; without a window all do", () => {
  const slow = answered(Array.from({ length: 40 }, (_, i) => i < 12 ? 900 : 50));
  const window = { start_ms: 120, cut_s: 0.12 };
  const { n, in_start_up, kept: [all] } = lookOf(trial, slow, SEARCH, window);
  assert.deepEqual([n, in_start_up, all!.kept], [28, 12, 28]);
  const whole = lookOf(trial, slow, SEARCH);
  assert.deepEqual([whole.n, whole.in_start_up, whole.kept[0]!.kept], [40, 0, 28]);
  const uncut = lookOf(trial, slow, SEARCH, { start_ms: 120, cut_s: 0 });
  assert.deepEqual(uncut, whole);
  // Ten were never sent.
  const died = lookOf(trial, slow.toReversed().slice(0, 30), SEARCH, window);
  assert.deepEqual([died.n, died.in_start_up, died.kept[0]!.kept], [28, 12, 18]);
});
