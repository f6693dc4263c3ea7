/** Invented records for tests; a test changes what it is about. */
import { planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { LaunchRecord, TrialRecord } from "@/records/trial_record.ts";

/** A successful request of four tokens: sent at 2, tokens at 100, 110, 120 and 130 ms. */
export function request(changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    trial_id: "b1-a-prompts-c1",
    phase: "measured",
    request_index: 0,
    user_index: 0,
    prompt_id: "short/0",
    max_tokens: 4,
    asked_prompt_tokens: null,
    in_flight: 1,
    scheduled_ms: 0,
    sent_ms: 2,
    headers_ms: 90,
    role_ms: 95,
    first_token_ms: 100,
    last_token_ms: 130,
    end_ms: 135,
    token_ms: [100, 110, 120, 130],
    reads: 6,
    events: 7,
    http_status: 200,
    finish_reason: "length",
    prompt_tokens: 12,
    output_tokens: 4,
    cached_tokens: 0,
    server_queue_ms: null,
    server_prefill_ms: null,
    server_decode_ms: null,
    failure: null,
    error: null,
    ...changes,
  };
}

/** A request that reached nobody: everything that an answer would tell is null. */
export function failedRequest(changes: Partial<RequestRecord> = {}): RequestRecord {
  return request({
    headers_ms: null,
    role_ms: null,
    first_token_ms: null,
    last_token_ms: null,
    end_ms: 3,
    token_ms: [],
    reads: 0,
    events: 0,
    http_status: null,
    finish_reason: null,
    prompt_tokens: null,
    output_tokens: null,
    cached_tokens: null,
    failure: "connect",
    error: "connection refused",
    ...changes,
  });
}

export function trialRecord(changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    trial_id: "b1-a-prompts-c1",
    launch_id: "b1-a",
    outcome: "finished",
    started_at: "2026-01-02T03:04:05.678Z",
    window_start_ms: 0,
    window_end_ms: 1000,
    client: null,
    memory: { label: "resident size", bytes: 1000, peak_bytes: 2000 },
    error: null,
    ...changes,
  };
}

export function launchRecord(changes: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    launch_id: "b1-a",
    entry: "a",
    kind: "llama-cpp",
    simulated: false,
    block: 1,
    outcome: "stopped",
    started_at: "2026-01-02T03:04:00.000Z",
    ready_s: 0.5,
    pid: 4711,
    argv: ["server"],
    base_url: "http://127.0.0.1:1/v1",
    log: "logs/b1-a.log",
    exit: "exit 0",
    error: null,
    failure: null,
    ...changes,
  };
}

/** Of a study of the llama-cpp entry `a` in one block, one user and `requests` requests. */
export function manifest(benchmark: Record<string, unknown> = {}): Manifest {
  const config = configSchema.parse({
    engines: { a: { kind: "llama-cpp" } },
    benchmark: {
      concurrency_levels: [1],
      requests_per_level: 20,
      max_tokens: 4,
      blocks: 1,
      ...benchmark,
    },
  });
  return {
    form: 1,
    run_id: "sample",
    created_at: "2026-01-02T03:04:00.000Z",
    config_name: "sample.yaml",
    config,
    config_notes: [],
    plan: planTrials(config),
    not_run: [],
    prompts: { name: "prompts.json", sha256: "00", count: 1 },
    argv: ["bench"],
    git: null,
    machine: { cpu: "invented", cores: 2, memory_bytes: 1, os: "linux", gpu: null },
    versions: {},
    models: {},
    pinning: { server_cores: null, client_cores: null, note: null },
  };
}
