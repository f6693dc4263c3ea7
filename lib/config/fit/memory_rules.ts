/** What of a GPU's memory an engine gives to keys and values: the three engines count differently. */
import { gibibytes, type Gpu } from "./gpus.ts";

export type GpuEngineKind = "vllm" | "sglang" | "tensorrt-llm";

/** Activations and CUDA graphs of an engine with 8192 batched tokens, in GiB: an allowance, not measured. */
export const WORK_SPACE_GIB = 3;

export interface MemoryRule {
  /** Its share of the memory where the command line gives none. */
  fraction(gpu: Gpu): number;
  /** GiB for keys and values beside weights of so many GiB; negative where the weights do not fit. */
  pool_gib(memory_gib: number, fraction: number, weights_gib: number): number;
  /** GiB that `pool_gib` gains where activations and graphs take nothing. */
  slack_gib: number;
  /** The same in words. */
  formula(memory: string, fraction: string, weights: string): string;
}

/** SGLang keeps at least so much free for everything else on cards above 60 GB (0.5.23, memory_hook.py). */
const SGLANG_RESERVE_GIB = 10;

export const MEMORY_RULES: Record<GpuEngineKind, MemoryRule> = {
  vllm: {
    // gpu_memory_utilization of 0.33.0.
    fraction: () => 0.92,
    pool_gib: (memory, fraction, weights) => memory * fraction - weights - WORK_SPACE_GIB,
    slack_gib: WORK_SPACE_GIB,
    formula: (memory, fraction, weights) =>
      `${fraction} × ${memory} − ${weights} of weights − ${WORK_SPACE_GIB} for activations and graphs`,
  },
  sglang: {
    fraction: (gpu) => gibibytes(gpu) > 56 ? 1 - SGLANG_RESERVE_GIB / gibibytes(gpu) : 0.88,
    pool_gib: (memory, fraction, weights) => memory * fraction - weights,
    slack_gib: 0,
    formula: (memory, fraction, weights) =>
      `${fraction} × ${memory} − ${weights} of weights (the rest is for activations and graphs)`,
  },
  "tensorrt-llm": {
    // kv_cache_config.free_gpu_memory_fraction.
    fraction: () => 0.9,
    pool_gib: (memory, fraction, weights) => (memory - weights - WORK_SPACE_GIB) * fraction,
    slack_gib: WORK_SPACE_GIB,
    formula: (memory, fraction, weights) =>
      `${fraction} × (${memory} − ${weights} of weights − ${WORK_SPACE_GIB} for activations and graphs)`,
  },
};
