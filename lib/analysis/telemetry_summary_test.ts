import assert from "node:assert/strict";
import { trialRecord } from "@/records/testdata/sample_records.ts";
import { gpuSample, serverSample } from "@/records/testdata/sample_telemetry.ts";
import { telemetryColumns, telemetryOf } from "./telemetry_summary.ts";

const ORIGIN = 1_000_000;
const record = trialRecord({
  origin_unix_ms: ORIGIN,
  window_start_ms: 1000,
  window_end_ms: 11_000,
});
const WINDOW = { start_ms: 1000, end_ms: 11_000 };
const at = (ms: number) => ({ unix_ms: ORIGIN + ms });

Deno.test("only samples inside the window count, on the trial's own clock", () => {
  const server = [
    serverSample({ ...at(500), running: 99, kv_use: 1 }),
    serverSample({ ...at(1000), running: 4, waiting: 2, kv_use: 0.5 }),
    serverSample({ ...at(11_000), running: 8, waiting: 0, kv_use: 0.75 }),
    serverSample({ ...at(11_001), running: 99, kv_use: 1 }),
    serverSample({ ...at(5000), trial_id: "another", running: 99 }),
  ];
  const columns = telemetryColumns(telemetryOf(record, { server, gpu: [] }), WINDOW, 100);
  assert.deepEqual(
    [columns.server_samples, columns.server_running_mean, columns.server_waiting_mean],
    [2, 6, 1],
  );
  assert.equal(columns.kv_use_peak, 0.75);
});

Deno.test("counters are differences from before the window to after it", () => {
  const counters = (preemptions: number, prefix_hits: number, prefix_queries: number) => ({
    preemptions,
    prefix_hits,
    prefix_queries,
  });
  const server = [
    serverSample({ ...at(100), ...counters(1, 5, 50) }),
    serverSample({ ...at(990), ...counters(3, 10, 100) }),
    serverSample({ ...at(6000), ...counters(4, 20, 200) }),
    serverSample({ ...at(11_100), ...counters(5, 60, 300) }),
  ];
  const told = telemetryOf(record, { server, gpu: [] });
  const { preemptions, prefix_hit_share } = telemetryColumns(told, WINDOW, 100);
  assert.deepEqual([preemptions, prefix_hit_share], [2, 0.25]);
  const early = { ...told, server: told.server.slice(0, 3) };
  assert.equal(telemetryColumns(early, WINDOW, 100).preemptions, null);
});

Deno.test("power is that of the cards in use, and energy is power over the window", () => {
  const card = (gpu: number, ms: number, memory_used_mib: number, power_w: number) =>
    gpuSample({ ...at(ms), gpu, memory_used_mib, power_w });
  const gpu = [
    ...[card(0, -9000, 600, 70), card(0, 2000, 70_000, 300), card(0, 3000, 70_000, 500)],
    ...[card(1, -9000, 600, 70), card(1, 2000, 600, 70), card(1, 3000, 600, 70)],
  ];
  const columns = telemetryColumns(telemetryOf(record, { server: [], gpu }), WINDOW, 1000);
  assert.equal(columns.power_w_mean, 400);
  assert.equal(columns.energy_j_per_token, 400 * 10 / 1000);
});

Deno.test("where the card counts its energy, the counter is used", () => {
  const gpu = [2000, 4000].map((ms) => gpuSample({ ...at(ms), power_w: 1, energy_mj: ms * 250 }));
  const columns = telemetryColumns(telemetryOf(record, { server: [], gpu }), WINDOW, 1000);
  assert.equal(columns.energy_j_per_token, 250 * 10 / 1000);
});

Deno.test("slowing by heat and by the power limit are told apart", () => {
  const reasons = [["sw_power_cap"], ["sw_power_cap", "hw_thermal_slowdown"], [], null];
  const gpu = reasons.map((clock_reasons, i) =>
    gpuSample({ ...at(2000 + i), clock_reasons, sm_clock_mhz: 1500 + i * 100 })
  );
  const columns = telemetryColumns(telemetryOf(record, { server: [], gpu }), WINDOW, 1000);
  assert.deepEqual([columns.throttled_share, columns.power_capped_share], [1 / 3, 2 / 3]);
  assert.equal(columns.sm_clock_mhz_median, 1650);
});

Deno.test("a run that was not watched has nothing to tell", () => {
  const older = trialRecord();
  const told = telemetryOf(older, { server: [serverSample()], gpu: [gpuSample()] });
  const { server_samples, ...rest } = telemetryColumns(told, WINDOW, 100);
  assert.equal(server_samples, 0);
  assert.ok(Object.values(rest).every((value) => value === null));
});
