/** What an entry's command line says of memory, by the flags of its engine. */
import type { GpuEngineKind } from "@/config/fit/memory_rules.ts";
import type { KvType } from "@/config/fit/kv_cache.ts";
import { numberOf, valueOf } from "./argument_value.ts";

export interface ServingSettings {
  /** Null: the command line does not say. */
  context_tokens: number | null;
  fraction: number | null;
  gpus: number;
  kv_type: KvType;
  /** Whether the vision tower of a model that has one is loaded. */
  vision: boolean;
}

interface Flags {
  context: string[];
  fraction: string[];
  gpus: string[];
  kv_type: string[];
  vision(args: readonly string[]): boolean;
}

/** Names of vLLM 0.33.0 and SGLang 0.5.23, and of TensorRT-LLM from text near 1.2.1. */
export const FLAGS: Record<GpuEngineKind, Flags> = {
  vllm: {
    context: ["--max-model-len"],
    fraction: ["--gpu-memory-utilization", "--device-memory-utilization"],
    gpus: ["--tensor-parallel-size", "-tp"],
    kv_type: ["--kv-cache-dtype"],
    vision: (args) => valueOf(args, ["--language-model-only"]) === null,
  },
  sglang: {
    context: ["--context-length"],
    fraction: ["--mem-fraction-static"],
    gpus: ["--tensor-parallel-size", "--tp-size", "--tp"],
    kv_type: ["--kv-cache-dtype"],
    // Off for Llama 4 until it is asked for.
    vision: (args) => valueOf(args, ["--enable-multimodal"]) !== null,
  },
  "tensorrt-llm": {
    context: ["--max_seq_len"],
    fraction: ["--kv_cache_free_gpu_memory_fraction", "--free_gpu_memory_fraction"],
    gpus: ["--tp_size", "--tensor_parallel_size"],
    // It has no flag for it.
    kv_type: [],
    vision: () => true,
  },
};

/** The settings of an entry of that kind. */
export function servingSettings(kind: GpuEngineKind, args: readonly string[]): ServingSettings {
  const flags = FLAGS[kind];
  const kv = valueOf(args, flags.kv_type);
  return {
    context_tokens: numberOf(args, flags.context),
    fraction: numberOf(args, flags.fraction),
    gpus: numberOf(args, flags.gpus) ?? 1,
    kv_type: typeof kv === "string" && kv.startsWith("fp8") ? "fp8" : "bf16",
    vision: flags.vision(args),
  };
}

/** Flags that change the memory in ways that the arithmetic does not follow. */
const BEYOND: Record<GpuEngineKind, readonly string[]> = {
  vllm: [
    "--cpu-offload-gb",
    "--hf-overrides",
    "--kv-cache-memory-bytes",
    "--num-gpu-blocks-override",
    "--pipeline-parallel-size",
    "-pp",
    "--speculative-config",
  ],
  sglang: [
    "--cpu-offload-gb",
    "--json-model-override-args",
    "--pipeline-parallel-size",
    "--pp-size",
    "--speculative-algorithm",
  ],
  "tensorrt-llm": ["--pipeline_parallel_size", "--pp_size", "--config", "--extra_llm_api_options"],
};

/** Those of them that stand in the command line. */
export function flagsBeyond(kind: GpuEngineKind, args: readonly string[]): string[] {
  return BEYOND[kind].filter((flag) => valueOf(args, [flag]) !== null);
}

/** FP8 that an engine makes itself of 16-bit weights; null where it is not asked to. */
export function onlineQuantization(args: readonly string[]): "fp8" | null {
  return valueOf(args, ["--quantization", "-q"]) === "fp8" ? "fp8" : null;
}
