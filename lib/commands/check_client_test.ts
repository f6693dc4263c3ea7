import assert from "node:assert/strict";
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import { describeMachine } from "@/run/machine.ts";
import { Progress } from "@/run/progress.ts";
import { shortCalibration } from "./check_client.ts";

Deno.test("a study of open loads alone is calibrated too", async () => {
  const config = configSchema.parse({
    engines: { a: { kind: "simulated", wire: "vllm" } },
    benchmark: {
      concurrency_levels: [],
      loads: [{ mode: "poisson", rates_per_s: [10], requests: 20 }],
      max_tokens: 10,
      blocks: 1,
    },
  });
  const lines: string[] = [];
  const sink = { isTerminal: false, columns: 80, write: (text: string) => void lines.push(text) };
  const calibration = await shortCalibration(config, plannedTrials(planTrials(config)), {
    machine: await describeMachine(),
    pinning: { server_cores: null, client_cores: null, note: null },
    signal: new AbortController().signal,
    progress: new Progress(1, sink),
  });
  assert.ok(calibration !== null, lines.join(""));
  assert.equal(calibration.levels[0]!.streams, 3);
});
