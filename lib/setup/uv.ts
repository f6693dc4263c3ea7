/** uv, which installs Python engines: its override file replaces pins that cannot be met from PyPI. */
import { join } from "node:path";
import { COMPLETE, engineCacheDir, engineDir, exists } from "@/engines/cache.ts";
import { findProgram } from "@/engines/programs.ts";
import type { Step } from "./install.ts";
import { PIP } from "./llama_cpp_setup.ts";
import { runInstaller } from "./installer.ts";
import { findPython } from "./python.ts";

const UV_VERSION = "0.13.9";

const uvDir = () => engineDir("uv", UV_VERSION);

/** The step that gets uv; done where one is on the PATH. */
export function uvStep(): Step {
  const complete = join(uvDir(), COMPLETE);
  return {
    what: `uv ${UV_VERSION}`,
    into: uvDir(),
    download_mb: 18,
    disk_mb: 80,
    isDone: async () => await findProgram("uv") !== null || await exists(complete),
    async run() {
      const venv = join(uvDir(), "venv");
      await Deno.mkdir(uvDir(), { recursive: true });
      await runInstaller([await findPython(), "-m", "venv", "--clear", venv]);
      await runInstaller([join(venv, "bin", "python"), ...PIP, "install", `uv==${UV_VERSION}`]);
      await Deno.writeTextFile(complete, "");
    },
  };
}

/** uv's downloads, kept until the engine is complete, so that a broken-off setup need not repeat them. */
export function uvDownloads(): string {
  return join(engineCacheDir(), "uv-downloads");
}

/** Runs `uv` with these arguments. Throws `SetupError` with the end of what it says. */
export async function uv(...args: string[]): Promise<void> {
  const program = await findProgram("uv") ?? join(uvDir(), "venv", "bin", "uv");
  await runInstaller([program, "--quiet", "--cache-dir", uvDownloads(), ...args]);
}
