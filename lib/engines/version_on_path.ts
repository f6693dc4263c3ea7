/** Engines that somebody else has installed, as in NVIDIA's own image. */
import { installedVersion } from "./flags/installed_version.ts";
import { findProgram } from "./programs.ts";
import type { PythonEngine } from "./python_engines.ts";

/** Version of the engine's program on the PATH, from its packages; null without one, or where they do not tell. */
export async function versionOnPath(
  { program, wheel }: Pick<PythonEngine, "program" | "wheel">,
): Promise<string | null> {
  const path = await findProgram(program);
  return path === null ? null : await installedVersion(await Deno.realPath(path), [wheel]);
}
