/** The environments that a study needs and `setup` has not installed yet. */
import type { Config } from "@/config/schema.ts";
import { containerRuntime } from "@/engines/container.ts";
import { findProgram } from "@/engines/programs.ts";
import { installedProgram, type PythonEngine, pythonEngine } from "@/engines/python_engines.ts";
import { versionOnPath } from "@/engines/version_on_path.ts";

/** Each once; none for an entry that has a program or an image of its own, or one on the PATH. */
export async function missingEngines({ engines }: Config): Promise<PythonEngine[]> {
  const missing = new Map<string, PythonEngine>();
  for (const entry of Object.values(engines)) {
    if (entry.kind !== "vllm" && entry.kind !== "sglang" && entry.kind !== "tensorrt-llm") continue;
    if (entry.executable !== undefined || "docker_image" in entry) continue;
    if (entry.kind === "tensorrt-llm" && containerRuntime() !== null) continue;
    const engine = pythonEngine(entry);
    if (installedProgram(engine) !== null) continue;
    if (engine.device === "cuda" && await elsewhere(engine, entry.version)) continue;
    missing.set(`${engine.kind} ${engine.version} ${engine.device}`, engine);
  }
  return [...missing.values()];
}

async function elsewhere(engine: PythonEngine, version: string | undefined): Promise<boolean> {
  return version === undefined
    ? await findProgram(engine.program) !== null
    : await versionOnPath(engine) === version;
}
