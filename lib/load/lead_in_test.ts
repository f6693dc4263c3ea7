import assert from "node:assert/strict";
import { leadInOf, placeOf } from "./lead_in.ts";

const closed = { mode: "closed", concurrency: 4 } as const;

Deno.test("the last warm-up request of each user goes out with the measured ones", () => {
  assert.deepEqual(leadInOf({ load: closed, warmup_requests: 8 }), { requests: 4, from: 4 });
  assert.deepEqual(leadInOf({ load: closed, warmup_requests: 20 }), { requests: 4, from: 16 });
});

Deno.test("a short warm-up, a ramp of users, conversations and open loops have no lead-in", () => {
  const none = (from: number) => ({ requests: 0, from });
  assert.deepEqual(leadInOf({ load: closed, warmup_requests: 7 }), none(7));
  assert.deepEqual(leadInOf({ load: { ...closed, ramp_s: 1 }, warmup_requests: 8 }), none(8));
  const turns = { load: closed, warmup_requests: 8, workload_kind: "multi_turn" } as const;
  assert.deepEqual(leadInOf(turns), none(8));
  const open = { mode: "poisson", rate_per_s: 4, requests: 9 } as const;
  assert.deepEqual(leadInOf({ load: open, warmup_requests: 8 }), none(8));
});

Deno.test("each request has its place among those of its own phase", () => {
  const places = [0, 1, 2, 3].map((at) => placeOf(at, "measured", { requests: 2, from: 6 }));
  assert.deepEqual(places, [
    { phase: "warmup", request_index: 6 },
    { phase: "warmup", request_index: 7 },
    { phase: "measured", request_index: 0 },
    { phase: "measured", request_index: 1 },
  ]);
  assert.deepEqual(placeOf(5, "warmup"), { phase: "warmup", request_index: 5 });
});
