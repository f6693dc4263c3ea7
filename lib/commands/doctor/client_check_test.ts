import assert from "node:assert/strict";
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { parseConfig } from "@/config/read_config.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { Machine } from "@/records/manifest.ts";
import { clientCheck } from "./client_check.ts";

const machine: Machine = { cpu: "a CPU", cores: 8, memory_bytes: 1, os: "Linux", gpu: null };

function checked(stored: Partial<Calibration> | string | null, users = 100, hardware = {}) {
  const text = {
    engines: { v: { kind: "vllm" } },
    benchmark: { concurrency_levels: [1, users] },
    hardware,
  };
  const { config } = parseConfig(JSON.stringify(text), "study.json");
  const found = typeof stored === "string" || stored === null ? stored : {
    at: "2026-11-25T10:00:00Z",
    machine,
    ended_by: "client",
    ceiling_events_per_s: 20_000,
    ...stored,
  } as Calibration;
  const trials = plannedTrials(planTrials(config));
  return clientCheck({ config, trials, stored: found, machine });
}

Deno.test("the stored ceiling is held against the highest load of the study", () => {
  const { level, found } = checked({});
  assert.equal(level, "ok");
  assert.match(
    found,
    /^measured on 2026-11-25: 20,000 tokens\/s a worker, of which 70 % by 1 worker are 14,000/,
  );
  assert.match(
    found,
    /the highest load: 100 streams at 50 tokens\/s \(assumed\) are 5,000 tokens\/s/,
  );
  const several = checked({}, 1000, { client_cores: "0-7", server_cores: "8" });
  assert.equal(several.level, "ok");
  assert.match(several.found, /70 % by 4 workers are 56,000/);
});

Deno.test("a load above what the client follows is a warning with what to do", () => {
  const few = checked({}, 1000, { client_cores: "0-1", server_cores: "2" });
  assert.equal(few.level, "warning");
  assert.match(few.to_do, /more cores/);
  const unsure = checked({ ended_by: "server", ceiling_events_per_s: 2_000 });
  assert.match(unsure.found, /at least 2,000 tokens\/s/);
  assert.match(unsure.to_do, /--server-core/);
  assert.equal(checked({ ceiling_events_per_s: null }).level, "warning");
});

Deno.test("without a calibration of this machine it says how to get one", () => {
  for (const stored of [null, "data/calibration is damaged"]) {
    const { level, to_do } = checked(stored);
    assert.deepEqual([level, /deno task calibrate/.test(to_do)], ["warning", true]);
  }
  const other = checked({ machine: { ...machine, cores: 2 } });
  assert.match(other.found, /but on 2 cores of a CPU/);
});
