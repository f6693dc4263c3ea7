/** `setup`: installs the engine that can be installed here, llama.cpp with its small model. */
import { setupLlamaCpp } from "@/setup/llama_cpp_setup.ts";

export async function setup(): Promise<number> {
  await setupLlamaCpp((line) => console.error(line));
  console.log(
    "llama.cpp and SmolLM2-135M-Instruct are ready; try: deno task bench --config configs/laptop.yaml",
  );
  return 0;
}
