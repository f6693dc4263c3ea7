/** Installs llama.cpp and its small model into the engine cache, once for all clones. */
import { join } from "node:path";
import { COMPLETE, exists } from "@/engines/cache.ts";
import { llamaCppDir, llamaCppPython, XLLAMACPP_VERSION } from "@/engines/llama_cpp.ts";
import { ggufModelStep } from "./gguf_model.ts";
import { install, type Step } from "./install.ts";
import { runInstaller } from "./installer.ts";
import { findPython } from "./python.ts";

/**
 * Makes sure that llama.cpp and SmolLM2-135M-Instruct are there; does nothing when they are.
 * Throws `SetupError` with what is missing and what to do.
 */
export async function setupLlamaCpp(say: (line: string) => void): Promise<void> {
  await install(llamaCppSteps(), { say });
}

/** What llama.cpp needs, in order. */
export function llamaCppSteps(): Step[] {
  return [environmentStep(), ggufModelStep(unpackWithPip)];
}

function environmentStep(): Step {
  const complete = join(llamaCppDir(), COMPLETE);
  return {
    what: `llama.cpp (xllamacpp ${XLLAMACPP_VERSION})`,
    into: llamaCppDir(),
    download_mb: 34,
    disk_mb: 135,
    isDone: () => exists(complete),
    async run() {
      const python = await findPython();
      await Deno.mkdir(llamaCppDir(), { recursive: true });
      await runInstaller([python, "-m", "venv", "--clear", join(llamaCppDir(), "venv")]);
      await runInstaller([llamaCppPython(), ...PIP, "install", `xllamacpp==${XLLAMACPP_VERSION}`]);
      await runInstaller([llamaCppPython(), "-c", "import xllamacpp"]);
      await Deno.writeTextFile(complete, "");
    },
  };
}

/** Arguments of a Python that call its pip without questions. */
export const PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"];

async function unpackWithPip(wheel: string, folder: string): Promise<void> {
  const how = ["--no-deps", "--no-compile", "--target", folder];
  await runInstaller([llamaCppPython(), ...PIP, "install", ...how, wheel]);
}
