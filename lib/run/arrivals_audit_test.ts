import assert from "node:assert/strict";
import { drawArrivals } from "@/config/arrivals/draw.ts";
import { auditArrivals } from "./arrivals_audit.ts";
import { sendToLoggingServer } from "./arrivals_bench.ts";

const PLANNED = [...drawArrivals({ mode: "poisson", rate_per_s: 20, requests: 600 }, 1).times_ms];

Deno.test("arrivals as planned pass, whatever the clock, and with a little jitter", () => {
  const audit = auditArrivals(PLANNED, PLANNED.map((at_ms, i) => 5e9 + at_ms + (i % 7) / 10));
  assert.ok(audit.pass, JSON.stringify(audit));
  assert.equal(audit.seen.count, 600);
});

Deno.test("a stretched, a smoothed and a shortened list do not pass", () => {
  const smooth = PLANNED.map((_, i) => i * PLANNED.at(-1)! / 599);
  assert.ok(!auditArrivals(PLANNED, PLANNED.map((at_ms) => at_ms * 1.01)).pass);
  assert.ok(!auditArrivals(PLANNED, smooth).pass);
  assert.ok(!auditArrivals(PLANNED, PLANNED.slice(0, -1)).pass);
});

Deno.test("a list sent over real HTTP is seen whole, in order and never early", async () => {
  const { times_ms } = drawArrivals({ mode: "poisson", rate_per_s: 200, requests: 60 }, 3);
  const { seen_ms, records } = await sendToLoggingServer(times_ms);
  assert.equal(seen_ms.length, 60);
  assert.ok(records.every(({ failure }) => failure === null));
  assert.ok(records.every(({ sent_ms, scheduled_ms }) => sent_ms >= scheduled_ms!));
  const gaps = records.toSorted((a, b) => a.request_index - b.request_index)
    .map(({ scheduled_ms }, i) => scheduled_ms! - times_ms[i]!);
  assert.ok(gaps.every((gap) => Math.abs(gap - gaps[0]!) < 1e-6), "the schedule is the plan");
});
