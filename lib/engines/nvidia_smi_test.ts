import assert from "node:assert/strict";
import { HELP } from "@/test_servers/nvidia_smi_stand_in.ts";
import { gpuQuery, parseComputeApps, parseGpuLine } from "./nvidia_smi.ts";

Deno.test("only fields that the driver knows are asked for", () => {
  assert.deepEqual(gpuQuery(HELP).fields, [
    "index",
    "memory.used",
    "clocks.current.sm",
    "clocks.current.memory",
    "power.draw",
    "temperature.gpu",
    "utilization.gpu",
    "clocks_event_reasons.active",
  ]);
  const older = '"index"\n\n"clocks.current.sm" or "clocks.sm"\n"clocks_throttle_reasons.active"\n';
  assert.deepEqual(gpuQuery(older).fields, [
    "index",
    "clocks.current.sm",
    "clocks_throttle_reasons.active",
  ]);
});

Deno.test("a line is read to its numbers, and what a card does not tell is null", () => {
  const query = gpuQuery(HELP);
  assert.deepEqual(
    parseGpuLine("1, 70123, 1980, 2619, 412.37, 54, 97, 0x0000000000000044", query),
    {
      gpu: 1,
      memory_used_mib: 70123,
      sm_clock_mhz: 1980,
      memory_clock_mhz: 2619,
      power_w: 412.37,
      energy_mj: null,
      temperature_c: 54,
      utilisation_percent: 97,
      clock_reasons: ["sw_power_cap", "hw_thermal_slowdown"],
    },
  );
  const silent = "0, 1, [N/A], [Not Supported], [Unknown Error], N/A, [N/A], [N/A]";
  assert.deepEqual(parseGpuLine(silent, query), {
    gpu: 0,
    memory_used_mib: 1,
    sm_clock_mhz: null,
    memory_clock_mhz: null,
    power_w: null,
    energy_mj: null,
    temperature_c: null,
    utilisation_percent: null,
    clock_reasons: null,
  });
  const idle = parseGpuLine("0, 1, 210, 405, 70.1, 30, 0, 0x0000000000000000", query)!;
  assert.deepEqual(idle.clock_reasons, []);
});

Deno.test("what is no line of the table is none", () => {
  const query = gpuQuery(HELP);
  for (
    const line of ["", "Unable to determine the device handle", "0, 1", "x, 1, 1, 1, 1, 1, 1, 0x0"]
  ) {
    assert.equal(parseGpuLine(line, query), null, line);
  }
});

Deno.test("compute processes, with memory or without", () => {
  const text = "4711, 70000, VLLM::EngineCore\n4712, [N/A], /usr/bin/python3, odd\nNo running\n\n";
  assert.deepEqual(parseComputeApps(text), [
    { pid: 4711, used_mib: 70000, name: "VLLM::EngineCore" },
    { pid: 4712, used_mib: null, name: "/usr/bin/python3, odd" },
  ]);
});
