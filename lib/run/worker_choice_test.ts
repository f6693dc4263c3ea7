import assert from "node:assert/strict";
import type { Config } from "@/config/schema.ts";
import type { Load } from "@/config/load_point.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import { chooseWorkers, clientRoom, trialWorkers } from "./worker_choice.ts";

const closed = (concurrency: number) => ({
  load: { mode: "closed", concurrency } as Load,
  concurrency,
  requests: 10 * concurrency,
  max_tokens: 100,
});
const open = (rate_per_s: number, max_tokens: number, max_in_flight?: number) => ({
  load: {
    mode: "poisson",
    rate_per_s,
    requests: 1000,
    ...(max_in_flight === undefined ? {} : { max_in_flight }),
  } as Load,
  concurrency: null,
  offered_requests_per_s: rate_per_s,
  requests: 1000,
  max_tokens,
});
const sixteen = { cores: 16, ceiling_tokens_per_s: null };

Deno.test("auto takes one worker for what one core is known to take, and says why", () => {
  assert.deepEqual(chooseWorkers(closed(100), "auto", sixteen), {
    count: 1,
    why:
      "100 streams at 50 tokens/s (assumed) are 5,000 tokens/s, 25,000 for each worker (without a calibration)",
  });
  assert.equal(chooseWorkers(closed(501), "auto", sixteen).count, 2);
  assert.equal(chooseWorkers(closed(4000), "auto", sixteen).count, 8);
});

Deno.test("an open loop's tokens follow from its rate", () => {
  const { count, why } = chooseWorkers(open(250, 256), "auto", sixteen);
  assert.equal(count, 3);
  assert.match(why, /^250 requests\/s of 256 tokens are 64,000 tokens\/s, 25,000 for each worker/);
});

Deno.test("a calibrated ceiling decides where there is one", () => {
  const room = { cores: 16, ceiling_tokens_per_s: 10_000 };
  const { count, why } = chooseWorkers(closed(280), "auto", room);
  assert.equal(count, 2);
  assert.match(why, /7,000 for each worker \(70 % of the calibrated ceiling\)$/);
});

Deno.test("auto leaves a core to the thread that keeps the journal, and says what it could not have", () => {
  const { count, why } = chooseWorkers(closed(4000), "auto", { ...sixteen, cores: 4 });
  assert.equal(count, 3);
  assert.match(why, /; 8 are wanted, the client's 4 cores have room for 3$/);
  assert.equal(chooseWorkers(closed(4000), "auto", { ...sixteen, cores: 1 }).count, 1);
});

Deno.test("a number in the config is taken as it is, as far as there are users", () => {
  assert.deepEqual(chooseWorkers(closed(8), 4, { ...sixteen, cores: 1 }), {
    count: 4,
    why: "as configured",
  });
  assert.deepEqual(chooseWorkers(closed(2), 4, sixteen), {
    count: 2,
    why: "4 are configured, 2 can be used",
  });
});

Deno.test("a capped open loop is sent by one worker, whatever is configured", () => {
  const { count, why } = chooseWorkers(open(250, 256, 64), 4, sixteen);
  assert.equal(count, 1);
  assert.match(why, /one queue/);
});

Deno.test("conversations are sent by one worker, other workloads of the same config by several", () => {
  const workload = { kind: "multi_turn", turns: 2, turn_tokens: 10 } as Config["workloads"][string];
  const config = { benchmark: { workers: 4 }, workloads: { chats: workload } };
  const count = (workload: string) =>
    trialWorkers({ ...closed(8), workload }, config, sixteen).count;
  assert.deepEqual([count("chats"), count("prompts")], [1, 4]);
});

Deno.test("a client that is pinned has the cores that it is pinned to", () => {
  assert.equal(clientRoom({ client_cores: "2-5,8" }, null).cores, 5);
  assert.equal(clientRoom({ client_cores: null }, null).cores, navigator.hardwareConcurrency);
});

Deno.test("a calibration is a ceiling only where the client ended it", () => {
  const walked = { ended_by: "client", ceiling_events_per_s: 9000 } as Calibration;
  const room = (calibration: Calibration) => clientRoom({ client_cores: null }, calibration);
  assert.equal(room(walked).ceiling_tokens_per_s, 9000);
  assert.equal(room({ ...walked, ended_by: "nothing" }).ceiling_tokens_per_s, null);
});
