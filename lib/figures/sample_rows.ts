/** Invented rows for tests of figures and reports; no number here was measured. */
import type { StartupRow } from "@/analysis/startup.ts";
import { verdictWord } from "@/analysis/verdict.ts";
import { closedPoint } from "@/config/load_point.ts";
import type { Comparison } from "@/analysis/comparison_row.ts";
import type { LevelRow, Spread } from "@/analysis/summary_row.ts";

const LEVELS = [1, 4, 8];

interface Shape {
  engine: string;
  kind: string;
  simulated: boolean;
  ttft_ms: number[];
  tpot_ms: number[];
  throughput: number[];
  memory: { label: string; mib: number };
}

const REAL: Shape[] = [
  {
    engine: "llama-1-slot",
    kind: "llama-cpp",
    simulated: false,
    ttft_ms: [44.1, 2612, 6130],
    tpot_ms: [12.9, 13.1, 13.2],
    throughput: [72.8, 74.1, 73.9],
    memory: { label: "resident size of the server process", mib: 341 },
  },
  {
    engine: "llama-8-slots",
    kind: "llama-cpp",
    simulated: false,
    ttft_ms: [45.3, 131.4, 240.2],
    tpot_ms: [13.2, 34.7, 61.3],
    throughput: [71.2, 108.4, 121.9],
    memory: { label: "resident size of the server process", mib: 402 },
  },
];

const SIMULATED: Shape[] = [
  simulatedShape("sim-vllm", 18, 5.5, 173),
  simulatedShape("sim-sglang", 17.6, 5.4, 176),
  simulatedShape("sim-tensorrt-llm", 22, 4.9, 189),
];

/** Levels 1, 4 and 8 of two entries said to be real. */
export function realLevels(): LevelRow[] {
  return REAL.flatMap(levelsOf);
}

/** Levels 1, 4 and 8 of three simulated entries. */
export function simulatedLevels(): LevelRow[] {
  return SIMULATED.flatMap(levelsOf);
}

/** Starts of two entries said to be real, or of three simulated ones. */
export function startups(simulated: boolean): StartupRow[] {
  const shapes = simulated ? SIMULATED : REAL;
  return shapes.map(({ engine }, i) => ({
    engine,
    simulated,
    launches: 3,
    ready_s: spread(simulated ? 0.11 : 61 + 20 * i),
    phases: {
      importing: spread(simulated ? 0.1 : 21),
      loading_weights: simulated ? null : spread(12 + 8 * i),
      compiling: simulated || i === 0 ? null : spread(11),
      allocating_kv: simulated ? null : spread(3),
      capturing_graphs: simulated ? null : spread(18),
      warming_up: spread(simulated ? 0.01 : 7),
    },
    told: {
      kv_cache_tokens: simulated ? null : spread(1024 * (i + 1), 0),
      kv_cache_bytes: null,
      weights_bytes: simulated ? null : spread(95 * 2 ** 20, 0),
      graphs_bytes: null,
      max_concurrency: simulated ? null : spread(1 + 7 * i, 0),
    },
  }));
}

/** Every pair of entries at every level and metric, with made-up intervals. */
export function comparisonsOf(levels: LevelRow[]): Comparison[] {
  const engines = [...new Set(levels.map((row) => row.engine))];
  const pairs = engines.flatMap((b, i) => engines.slice(i + 1).map((a) => [a, b] as const));
  const metrics = ["output_tokens_per_s", "ttft_ms_p50", "tpot_ms_p50"] as const;
  return metrics.flatMap((metric) =>
    pairs.flatMap(([a, b]) =>
      LEVELS.map((concurrency) => {
        const of = (engine: string) =>
          levels.find((row) => row.engine === engine && row.concurrency === concurrency)!;
        return comparison(of(a), of(b), metric);
      })
    )
  );
}

function comparison(
  row: LevelRow,
  other: LevelRow,
  metric: "output_tokens_per_s" | "ttft_ms_p50" | "tpot_ms_p50",
): Comparison {
  const [a, b] = [row.engine, other.engine];
  const [median_a, median_b] = [row[metric]!.median, other[metric]!.median];
  const values = median_a / median_b;
  const ratio = metric === "output_tokens_per_s" ? values : 1 / values;
  const [low, high] = [ratio * 0.97, ratio * 1.03];
  const margin = metric === "ttft_ms_p50" ? 0.1 : 0.05;
  const word = verdictWord({ low, high, margin });
  const primary = metric === "output_tokens_per_s" && row.concurrency === 8;
  return {
    run_id: "sample",
    simulated: row.simulated,
    workload: row.workload,
    ...closedPoint(row.concurrency!),
    metric,
    a,
    b,
    median_a,
    median_b,
    use_cases: primary ? ["batch"] : [],
    claim: primary ? "confirmatory" : "exploratory",
    exploratory_because: primary ? [] : ["no use case has this as its primary metric and load"],
    ...word,
    ratio,
    low,
    high,
    tie_low: low,
    tie_high: high,
    margin,
    level: 0.95,
    method: "paired t",
    blocks: 6,
    unit: "launches",
    lost_blocks: 0,
    s_d: 0.02,
    blocks_needed: 9,
    p: 0.01,
    p_adjusted: 0.01,
    p_holm: 0.02,
    failed_a: 0,
    failed_b: 0,
    both_failed: 0,
    gates: [],
    sentence: `${a} against ${b} at ${row.concurrency}: ${ratio.toFixed(2)}`,
  };
}

function levelsOf(shape: Shape): LevelRow[] {
  return LEVELS.map((concurrency, i) => {
    const ttft = shape.ttft_ms[i]!;
    const tpot = shape.tpot_ms[i]!;
    const e2e = ttft + 63 * tpot;
    const n = 3 * Math.max(10 * concurrency, 20);
    return {
      engine: shape.engine,
      kind: shape.kind,
      simulated: shape.simulated,
      workload: "prompts",
      ...closedPoint(concurrency),
      launches: 3,
      measured_by: "this project",
      requests: n,
      failed: 0,
      ttft_ms_p50: spread(ttft),
      ttft_ms_p90: spread(ttft * 1.35),
      tpot_ms_p50: spread(tpot),
      tpot_ms_p90: spread(tpot * 1.08),
      e2e_ms_p50: spread(e2e),
      e2e_ms_p90: spread(e2e * 1.2),
      output_tokens_per_s: spread(shape.throughput[i]!),
      memory_bytes: spread(shape.memory.mib * 2 ** 20, 0.01),
      memory_label: shape.memory.label,
      ready_s: spread(shape.simulated ? 0.11 : 0.42, 0.1),
      energy_j_per_token: null,
      attainment: null,
      pooled: {
        ttft_ms: { n, p50: ttft, p90: ttft * 1.35, p95: ttft * 1.5, p99: null },
        tpot_ms: { n, p50: tpot, p90: tpot * 1.08, p95: tpot * 1.1, p99: null },
        e2e_ms: { n, p50: e2e, p90: e2e * 1.2, p95: e2e * 1.3, p99: null },
      },
      verdict: "VALID",
    };
  });
}

function spread(median: number, share = 0.05): Spread {
  return { median, low: median * (1 - share), high: median * (1 + share * 1.4) };
}

function simulatedShape(engine: string, ttft: number, tpot: number, rate: number): Shape {
  return {
    engine,
    kind: "simulated",
    simulated: true,
    ttft_ms: [ttft, ttft * 1.6, ttft * 2.5],
    tpot_ms: [tpot, tpot * 1.28, tpot * 1.72],
    throughput: [rate, rate * 3, rate * 4.4],
    memory: { label: "simulated KV cache", mib: 96 },
  };
}
