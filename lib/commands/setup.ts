/** `setup`: installs an engine that can be installed here, lists what is installed, or removes it. */
import { listCached, removeCached, renderCached } from "@/setup/cached.ts";
import { install } from "@/setup/install.ts";
import { llamaCppSteps } from "@/setup/llama_cpp_setup.ts";
import { vllmSteps } from "@/setup/vllm_setup.ts";
import { UsageError } from "./usage_error.ts";

export interface SetupOptions {
  engine: "llama-cpp" | "vllm";
  device: "cpu" | "cuda";
  dryRun?: boolean;
  list?: boolean;
  /** Name of what to delete. */
  remove?: string;
}

/** Gives the exit code. Throws `SetupError` with what is missing and what to do. */
export async function setup({ engine, device, ...options }: SetupOptions): Promise<number> {
  const say = (line: string) => console.error(line);
  if (options.list) {
    console.log(renderCached(await listCached()));
    return 0;
  }
  if (options.remove !== undefined) {
    await removeCached(options.remove, say);
    return 0;
  }
  if (engine === "llama-cpp" && device === "cuda") {
    throw new UsageError("--device cuda: llama-cpp is installed for the CPU only; leave it out");
  }
  const steps = engine === "vllm" ? vllmSteps(device) : llamaCppSteps();
  await install(steps, { say, dryRun: options.dryRun ?? false });
  const there = await Promise.all(steps.map((step) => step.isDone()));
  if (there.every(Boolean)) console.log(READY[`${engine} ${device}`]);
  return 0;
}

const READY: Record<string, string> = {
  "llama-cpp cpu":
    "llama.cpp and SmolLM2-135M-Instruct are ready; try: deno task bench --config configs/laptop.yaml",
  "vllm cpu":
    "vLLM on the CPU and SmolLM2-135M-Instruct in BF16 are ready; with llama.cpp (deno task setup) " +
    "try: deno task bench --config configs/cpu-engines.yaml",
  "vllm cuda": "vLLM for CUDA is ready; this project has not run it on a GPU yet",
};
