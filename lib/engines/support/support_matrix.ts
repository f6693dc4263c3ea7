/**
 * What each engine serves of which model on which GPU, as far as it was read or run. The first row
 * that matches counts; where none does, nothing is known.
 */
import type { GpuEngineKind } from "@/config/fit/memory_rules.ts";
import type { Quantization } from "@/config/fit/weights.ts";

export type Verdict = "supported" | "experimental" | "unsupported";

export interface SupportRow {
  engine: GpuEngineKind;
  /** The release that the source speaks of. */
  version: string;
  quantizations: readonly Quantization[];
  /** `model_type`s; absent: every one. */
  families?: readonly string[];
  /** Compute capability, from and below. */
  sm?: { from?: number; below?: number };
  /** A flag and its value that the row is about. */
  flag?: { name: string; value: string };
  /** Checkpoints by name that the row is about. */
  checkpoint?: RegExp;
  verdict: Verdict;
  why: string;
  source: string;
}

const LLAMA4 = ["llama4_text"];
const HOPPER_OR_OLDER = { below: 100 };

export const SUPPORT_MATRIX: readonly SupportRow[] = [
  {
    engine: "vllm",
    version: "0.33.0",
    quantizations: ["w4a16"],
    families: LLAMA4,
    sm: { from: 80 },
    verdict: "supported",
    why: "its Marlin kernels weight the experts' inputs, as Llama 4 needs",
    source: "vLLM 0.33.0 experts/marlin_moe.py:149,213 and oracle/int_wna16.py:287",
  },
  {
    engine: "vllm",
    version: "0.33.0",
    quantizations: ["w4a16"],
    sm: { from: 80 },
    verdict: "supported",
    why: "INT4 weights run through Marlin kernels from Ampere on",
    source: "vLLM documentation 0.14.0, features/quantization, table of hardware",
  },
  {
    engine: "vllm",
    version: "0.33.0",
    quantizations: ["fp8"],
    sm: { from: 89 },
    verdict: "supported",
    why: "FP8 is computed from compute capability 8.9 on",
    source: "vLLM documentation 0.32.0, features/quantization/llm_compressor/fp8",
  },
  {
    engine: "vllm",
    version: "0.33.0",
    quantizations: ["fp8"],
    sm: { from: 75, below: 89 },
    verdict: "experimental",
    why: "without FP8 units its weights only are 8 bits wide (W8A16, Marlin)",
    source: "vLLM documentation 0.32.0, features/quantization/llm_compressor/fp8",
  },
  {
    engine: "vllm",
    version: "0.33.0",
    quantizations: ["nvfp4"],
    sm: HOPPER_OR_OLDER,
    verdict: "experimental",
    why: "without FP4 units its weights only are 4 bits wide (Marlin, a slow path with a warning)",
    source: "vLLM main 017e9f4448b7: 'Your GPU does not have native support for FP4 computation'",
  },
  {
    engine: "vllm",
    version: "0.33.0",
    quantizations: ["bf16"],
    sm: { from: 80 },
    verdict: "supported",
    why: "as the model was published",
    source: "vLLM 0.33.0 help: --dtype bfloat16",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["w4a16"],
    families: LLAMA4,
    flag: { name: "--moe-runner-backend", value: "triton" },
    verdict: "experimental",
    why:
      "its Triton path weights the experts' inputs, as Llama 4 needs, and has not been run here; " +
      "look for 'Using CompressedTensorsWNA16TritonMoE' in its log",
    source: "SGLang 0.5.23 moe_runner/triton.py:110,167,212",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["w4a16", "nvfp4"],
    families: LLAMA4,
    sm: HOPPER_OR_OLDER,
    verdict: "unsupported",
    why: "its default Marlin path weights the experts' outputs instead of their inputs, which is " +
      "silently wrong for Llama 4; for W4A16 add --moe-runner-backend triton (experimental)",
    source: "SGLang 0.5.23 fused_marlin_moe.py:332,396 and moe_runner/marlin.py",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["w4a16"],
    families: LLAMA4,
    sm: { from: 100 },
    verdict: "experimental",
    why: "on this card it takes its Triton path by itself, which has not been run here",
    source: "SGLang 0.5.23 compressed_tensors.py:905-947",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["fp8"],
    families: LLAMA4,
    checkpoint: /^nvidia\//,
    verdict: "experimental",
    why: "a report that NVIDIA's FP8 checkpoint of Scout does not load was open",
    source: "sgl-project/sglang#9758",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["fp8"],
    families: LLAMA4,
    verdict: "supported",
    why: "compressed-tensors FP8 runs through its Triton path, which weights the experts' inputs",
    source: "SGLang 9fec359a6 compressed_tensors_w8a8_fp8_moe.py",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["fp8", "mxfp4", "w4a16"],
    verdict: "supported",
    why: "the method is listed for NVIDIA GPUs",
    source: "SGLang documentation, advanced_features/quantization, platform compatibility",
  },
  {
    engine: "sglang",
    version: "0.5.23",
    quantizations: ["bf16"],
    sm: { from: 80 },
    verdict: "supported",
    why: "as the model was published",
    source: "SGLang 0.5.23 help: --dtype bfloat16",
  },
  {
    engine: "tensorrt-llm",
    version: "1.2.1",
    quantizations: ["w4a16"],
    families: LLAMA4,
    verdict: "unsupported",
    why: "it rejects INT4 weights for Llama 4: compressed-tensors W4A16 ends in TypeError: " +
      "'NoneType' object is not subscriptable, and its table has no AWQ or GPTQ for this model",
    source: "TensorRT-LLM 21156a7a models/quant_config_utils.py; features/quantization",
  },
  {
    engine: "tensorrt-llm",
    version: "1.2.1",
    quantizations: ["w4a16"],
    checkpoint: /^(?!.*(awq|gptq))/i,
    verdict: "unsupported",
    why:
      "it takes no compressed-tensors INT4: the checkpoint ends in TypeError: 'NoneType' object " +
      "is not subscriptable",
    source: "TensorRT-LLM 21156a7a models/quant_config_utils.py",
  },
  {
    engine: "tensorrt-llm",
    version: "1.2.1",
    quantizations: ["nvfp4"],
    sm: HOPPER_OR_OLDER,
    verdict: "unsupported",
    why: "NVFP4 needs Blackwell; the weight-only way round it came after this release",
    source: "TensorRT-LLM features/quantization, table of hardware; its pull request 13476",
  },
  {
    engine: "tensorrt-llm",
    version: "1.2.1",
    quantizations: ["fp8"],
    families: LLAMA4,
    checkpoint: /^(?!nvidia\/)/,
    sm: { from: 89 },
    verdict: "experimental",
    why:
      "FP8 of ModelOpt is served (the nvidia/ checkpoint); this one is of another making, which " +
      "nothing that was read vouches for",
    source: "TensorRT-LLM features/quantization",
  },
  {
    engine: "tensorrt-llm",
    version: "1.2.1",
    quantizations: ["fp8"],
    sm: { from: 89 },
    verdict: "supported",
    why: "FP8 runs on its PyTorch backend from Ada on",
    source: "TensorRT-LLM features/quantization",
  },
  {
    engine: "tensorrt-llm",
    version: "1.2.1",
    quantizations: ["bf16"],
    families: ["llama", "llama4_text", "qwen3_moe"],
    sm: { from: 80 },
    verdict: "supported",
    why: "the architecture is in its list of supported models",
    source: "TensorRT-LLM models/supported-models",
  },
];
