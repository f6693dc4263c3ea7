/** An invented report input for tests; no number here was measured. */
import type { Gate, LevelRow, SummaryRow } from "@/analysis/summary_row.ts";
import { clientColumns } from "@/analysis/client_columns.ts";
import { telemetryColumns } from "@/analysis/telemetry_summary.ts";
import { closedPoint } from "@/config/load_point.ts";
import { adviceOf } from "@/analysis/advice.ts";
import { recommendations } from "@/analysis/recommendation.ts";
import { planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import { comparisonsOf, realLevels, simulatedLevels, startups } from "@/figures/sample_rows.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import type { ReportInput } from "./report_input.ts";

/** Two entries said to be real, three simulated ones, three levels, three blocks. */
export function sampleInput(): ReportInput {
  const manifest = sampleManifest();
  const levels = [...realLevels(), ...simulatedLevels()].map((row) => ({
    ...row,
    verdict: isLate(row, 3) ? "SUSPECT" as const : row.verdict,
  }));
  const comparisons = [...comparisonsOf(realLevels()), ...comparisonsOf(simulatedLevels())];
  const batch = {
    name: "batch",
    workload: "prompts",
    metric: "output_tokens_per_s" as const,
    load: "closed 8",
    slo: null,
    target: 0.9,
  };
  const found = recommendations({ use_cases: [batch], comparisons, levels, price_per_hour: 2 });
  return {
    manifests: [manifest],
    summary: levels.flatMap(trialsOf),
    levels,
    searches: [],
    comparisons,
    recommendations: found,
    advice: found.map((each) => adviceOf(each, manifest)),
    problems: [],
    server_times: [],
    timelines: [],
    launches: launchesOf(manifest),
    startups: [...startups(false), ...startups(true)],
    agreements: new Map([["sample", [{
      a: "llama-1-slot",
      b: "llama-8-slots",
      prompts: 3,
      equal: 3,
      share: 1,
    }]]]),
    not_run: [],
  };
}

function sampleManifest(): Manifest {
  const simulated = (wire: string) => ({ kind: "simulated", wire });
  const config = configSchema.parse({
    question: "Does llama.cpp gain from decoding eight requests together on two cores?",
    engines: {
      "llama-1-slot": { kind: "llama-cpp", slots: 1 },
      "llama-8-slots": { kind: "llama-cpp", slots: 8 },
      "sim-vllm": simulated("vllm"),
      "sim-sglang": simulated("sglang"),
      "sim-tensorrt-llm": simulated("tensorrt-llm"),
    },
    benchmark: { concurrency_levels: [1, 4, 8], max_tokens: 64 },
  });
  return {
    form: 1,
    run_id: "sample",
    created_at: "2026-01-02T03:04:05.678Z",
    config_name: "sample.yaml",
    config,
    config_notes: [],
    not_run: ["vllm: not run, because this machine has no GPU"],
    plan: planTrials(config),
    prompts: { name: "prompts.json", sha256: "0123456789abcdef".repeat(4), count: 40 },
    argv: ["bench", "--config", "configs/sample.yaml"],
    git: { commit: "0123456789abcdef0123456789abcdef01234567", dirty: false },
    machine: {
      cpu: "Invented CPU",
      cores: 2,
      memory_bytes: 8 * 2 ** 30,
      os: "linux 6.1",
      gpu: null,
    },
    versions: { deno: "2.9.6", v8: "15.0", project: "0.1.0", "llama-1-slot": "xllamacpp 0.2" },
    models: {
      "llama-1-slot": "SmolLM2-135M-Instruct.Q4_1.gguf sha256 89abcdef",
      "llama-8-slots": "SmolLM2-135M-Instruct.Q4_1.gguf sha256 89abcdef",
    },
    pinning: { server_cores: "0", client_cores: "1", note: null },
  };
}

function isLate(row: LevelRow, block: number): boolean {
  return block === 3 && row.concurrency === 8 && !row.simulated;
}

function trialsOf(row: LevelRow): SummaryRow[] {
  return [1, 2, 3].map((block) => {
    const late = isLate(row, block);
    const pick = (metric: "ttft_ms" | "tpot_ms" | "e2e_ms", p: "p50" | "p90") => {
      const { median, low, high } = row[`${metric}_${p}`]!;
      return [low, median, high][block - 1]!;
    };
    const gates: Gate[] = [{
      gate: "client lag p99",
      value: late ? 11.4 : 0.8 + block / 10,
      limit: "at most 10 ms",
      pass: !late,
      cause: "client",
      fails_to: "SUSPECT",
    }];
    return {
      run_id: "sample",
      trial_id: `b${block}-${row.engine}-prompts-c${row.concurrency}`,
      launch_id: `b${block}-${row.engine}`,
      role: "compared",
      engine: row.engine,
      kind: row.kind,
      simulated: row.simulated,
      workload: row.workload,
      ...closedPoint(row.concurrency!),
      block,
      requests: row.requests / 3,
      failed: 0,
      ttft_ms_p50: pick("ttft_ms", "p50"),
      ttft_ms_p90: pick("ttft_ms", "p90"),
      ttft_ms_p99: null,
      ttft_from_send_ms_p50: pick("ttft_ms", "p50") - 0.2,
      tpot_ms_p50: pick("tpot_ms", "p50"),
      tpot_ms_p90: pick("tpot_ms", "p90"),
      tpot_ms_p99: null,
      e2e_ms_p50: pick("e2e_ms", "p50"),
      e2e_ms_p90: pick("e2e_ms", "p90"),
      e2e_ms_p99: null,
      ttft_n_eff: row.requests / 3,
      tpot_n_eff: row.requests / 3,
      e2e_n_eff: row.requests / 3,
      prompt_tokens: 900,
      cached_share: null,
      output_tokens: row.requests / 3 * 64,
      output_tokens_per_s: row.output_tokens_per_s!.median,
      requests_per_s: row.output_tokens_per_s!.median / 64,
      window_s: 10,
      counted_from_ms: null,
      attainment: null,
      slo_goodput_per_s: null,
      in_flight_mean: row.concurrency,
      tokens_per_event: 1,
      send_lag_ms_p99: 0.4,
      ...telemetryColumns({ server: [], gpu: [] }, null, null),
      ...clientColumns(null, []),
      resent: 0,
      memory: {
        label: row.memory_label!,
        bytes: row.memory_bytes!.median,
        peak_bytes: row.memory_bytes!.high,
      },
      ready_s: row.ready_s!.median,
      kv_cache_tokens: null,
      measured_by: row.measured_by,
      verdict: late ? "SUSPECT" : "VALID",
      reasons: late ? ["client lag p99 was 11.4 ms, limit 10 ms"] : [],
      gates,
    };
  });
}

function launchesOf(manifest: Manifest): LaunchRecord[] {
  return manifest.plan.launches.map(({ launch_id, entry, block }, i) => {
    const kind = manifest.config.engines[entry]!.kind;
    return {
      launch_id,
      entry,
      kind,
      simulated: kind === "simulated",
      block,
      outcome: "stopped",
      started_at: `2026-01-02T03:${String(10 + i).padStart(2, "0")}:00.000Z`,
      ready_s: 0.42,
      pid: 100 + i,
      argv: ["python3", "/somewhere/deep/server.py", "--port", "0"],
      base_url: "http://127.0.0.1:1/v1",
      log: null,
      exit: "exit 0",
      error: null,
      failure: null,
    };
  });
}
