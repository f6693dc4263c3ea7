/** The CUDA that the engines' builds bring along, and the oldest driver that runs it. */
import type { PythonKind } from "./python_engines.ts";

interface Requirement {
  kind: PythonKind;
  version: string;
  cuda: number;
  source: string;
}

/** Of the pinned versions; of another one nothing is known here. */
const REQUIREMENTS: Requirement[] = [
  {
    kind: "vllm",
    version: "0.33.0",
    cuda: 13,
    source: "wheel metadata of vLLM 0.33.0: torch 2.14.0, nvidia-cutlass-dsl[cu13]",
  },
  {
    kind: "sglang",
    version: "0.5.23",
    cuda: 13,
    source: "wheel metadata of SGLang 0.5.23: torch 2.14.1; its main asks for flashinfer[cu13]",
  },
  {
    kind: "tensorrt-llm",
    version: "1.2.1",
    cuda: 13,
    source: "metadata of TensorRT-LLM 1.2.1: nvidia-nccl-cu13, cuda-python 13",
  },
];

/** Oldest driver branch by CUDA's major version (NVIDIA's release notes of CUDA 12 and 13). */
const OLDEST_DRIVER: Record<number, number> = { 12: 525, 13: 580 };

export interface CudaNeed {
  cuda: number;
  /** Driver branch, the number before the first point. */
  driver: number;
  source: string;
}

/** What a version of an engine needs; null where it is not known. */
export function cudaNeed(kind: PythonKind, version: string): CudaNeed | null {
  const found = REQUIREMENTS.find((each) => each.kind === kind && each.version === version);
  if (found === undefined) return null;
  return { cuda: found.cuda, driver: OLDEST_DRIVER[found.cuda]!, source: found.source };
}
