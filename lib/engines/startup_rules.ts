/**
 * The lines by which a start is followed. Sources: logs of vLLM 0.32.0 on a CPU, SGLang 0.5.23 on a
 * CPU and llama.cpp 2026.10 (all run), the message texts of vLLM 0.32.0 and 0.33.0 for GPUs, a
 * published log of TensorRT-LLM 1.1.0rc3. None of the GPU lines has been met by this project.
 */
import type { EngineKind } from "@/config/schema.ts";
import type { StartupPhase, ToldAtStart } from "@/records/startup_record.ts";

/** A line that begins a phase. */
export interface PhaseMark {
  phase: StartupPhase;
  line: RegExp;
}

/** A line that tells a number, or one addend of it. */
export interface ToldRule {
  field: keyof ToldAtStart;
  line: RegExp;
  /** From the line's groups; several groups are factors, e.g. slots × context. */
  times: number;
  /** Lines of different kinds that share a field are added up by this name, e.g. graphs of each sort. */
  part?: string;
}

const GIB = 2 ** 30;

/** In the order in which a start passes them: a mark that has been passed is not met again. */
export const PHASE_MARKS: Record<EngineKind, readonly PhaseMark[]> = {
  "vllm": [
    { phase: "loading_weights", line: /Starting to load model / },
    { phase: "allocating_kv", line: /Model loading took / },
    {
      phase: "compiling",
      line:
        /Warming up model for the compilation|Using cache directory: .* for vLLM's torch\.compile|Dynamo bytecode transform|(Compiling a|Directly load the compiled) graph/,
    },
    {
      phase: "allocating_kv",
      line:
        /Warming up done|Initial profiling\/warmup run took|torch\.compile and initial profiling|Explicitly set .* GiB for KV cache|Available KV cache memory/,
    },
    { phase: "capturing_graphs", line: /Capturing CUDA graphs/ },
    { phase: "warming_up", line: /Graph capturing finished|init engine \(profile/ },
  ],
  "sglang": [
    { phase: "loading_weights", line: /Load weight begin/ },
    { phase: "allocating_kv", line: /Load weight end/ },
    { phase: "capturing_graphs", line: /Capture .*CUDA graph begin/i },
    { phase: "warming_up", line: /\bmax_total_num_tokens=\d|Engine startup timings/ },
  ],
  // It sizes the cache by a trial run: the graphs are captured twice.
  "tensorrt-llm": [
    {
      phase: "loading_weights",
      line: /Use [\d.]+ GB for model weights|Loading (safetensors )?weights/,
    },
    { phase: "allocating_kv", line: /Model init total|Allocated [\d.]+ GiB for max tokens/ },
    {
      phase: "capturing_graphs",
      line: /(Creating CUDA graph instances|Running CUDA graph capture) for/,
    },
    { phase: "allocating_kv", line: /memory usage profiling|Allocated [\d.]+ GiB for max tokens/ },
    {
      phase: "capturing_graphs",
      line: /(Creating CUDA graph instances|Running CUDA graph capture) for/,
    },
    { phase: "warming_up", line: /Setting PyTorch memory fraction|Started server process/ },
  ],
  "llama-cpp": [
    { phase: "loading_weights", line: /load_model: loading model/ },
    { phase: "allocating_kv", line: /load_model: initializing, n_slots/ },
    { phase: "warming_up", line: /init: model loaded/ },
  ],
  "simulated": [{ phase: "warming_up", line: /^simulated .* listening on / }],
  "external": [],
};

/** The last line that a rule meets counts, since some engines size twice. */
export const TOLD_RULES: Record<EngineKind, readonly ToldRule[]> = {
  "vllm": [
    { field: "kv_cache_tokens", line: /KV cache size: ([\d,]+) tokens/, times: 1 },
    { field: "kv_cache_bytes", line: /Available KV cache memory: ([\d.]+) GiB/, times: GIB },
    { field: "kv_cache_bytes", line: /Explicitly set \(([\d.]+)\/[\d.]+\) GiB for KV/, times: GIB },
    { field: "weights_bytes", line: /Model loading took ([\d.]+) GiB/, times: GIB },
    { field: "graphs_bytes", line: /Graph capturing finished in .* took ([\d.]+) GiB/, times: GIB },
    { field: "max_concurrency", line: /Maximum concurrency for .*: ([\d.]+)x/, times: 1 },
  ],
  // Its GB are of 2^30 bytes.
  "sglang": [
    { field: "kv_cache_tokens", line: /\bmax_total_num_tokens=(\d+)/, times: 1 },
    { field: "weights_bytes", line: /Load weight end.* mem usage=([\d.]+) GB/, times: GIB },
    {
      field: "graphs_bytes",
      line: /Capture .*decode CUDA graph end.* mem usage=([\d.]+) GB/i,
      times: GIB,
      part: "decode",
    },
    {
      field: "graphs_bytes",
      line: /Capture .*prefill CUDA graph end.* mem usage=([\d.]+) GB/i,
      times: GIB,
      part: "prefill",
    },
    { field: "max_concurrency", line: /\bmax_running_requests=(\d+)/, times: 1 },
  ],
  "tensorrt-llm": [
    { field: "kv_cache_tokens", line: /GiB for max tokens in paged KV cache \((\d+)\)/, times: 1 },
    { field: "kv_cache_bytes", line: /Allocated ([\d.]+) GiB for max tokens/, times: GIB },
    { field: "weights_bytes", line: /Use ([\d.]+) GB for model weights/, times: GIB },
    { field: "max_concurrency", line: /\bmax_num_requests=(\d+)/, times: 1 },
  ],
  "llama-cpp": [
    { field: "kv_cache_tokens", line: /n_slots = (\d+), n_ctx_slot = (\d+)/, times: 1 },
    { field: "max_concurrency", line: /n_slots = (\d+)/, times: 1 },
  ],
  "simulated": [],
  "external": [],
};

/** Where several GPUs work together each writes its own lines; the first one speaks for all. */
export const OF_ANOTHER_RANK = /(?:\b|_)TP[1-9]\d*\b|\[RANK [1-9]\d*\]/;
