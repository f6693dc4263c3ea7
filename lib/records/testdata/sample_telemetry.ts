/** Invented samples for tests; a test changes what it is about. */
import type { GpuSample, ServerSample } from "@/records/telemetry.ts";

export function serverSample(changes: Partial<ServerSample> = {}): ServerSample {
  return {
    launch_id: "b1-a",
    trial_id: "b1-a-prompts-c1",
    unix_ms: 1000,
    took_ms: 2,
    parse_ms: 0.1,
    running: 1,
    waiting: 0,
    kv_use: 0.25,
    preemptions: 0,
    prefix_hits: 0,
    prefix_queries: 0,
    prompt_tokens: 0,
    generation_tokens: 0,
    ttft_s_sum: 0,
    ttft_count: 0,
    e2e_s_sum: 0,
    e2e_count: 0,
    tpot_s_sum: 0,
    tpot_count: 0,
    ...changes,
  };
}

export function gpuSample(changes: Partial<GpuSample> = {}): GpuSample {
  return {
    launch_id: "b1-a",
    unix_ms: 1000,
    gpu: 0,
    memory_used_mib: 600,
    sm_clock_mhz: 1980,
    memory_clock_mhz: 2619,
    power_w: 300,
    energy_mj: null,
    temperature_c: 50,
    utilisation_percent: 90,
    clock_reasons: [],
    ...changes,
  };
}
