/** Where engines and models live: one folder for all clones of this project. */
import { join } from "node:path";

/** `BENCH_ENGINES_DIR`, else `inference-stack-benchmarks` in `XDG_CACHE_HOME` or `~/.cache`. */
export function engineCacheDir(env = Deno.env.toObject()): string {
  if (env.BENCH_ENGINES_DIR) return env.BENCH_ENGINES_DIR;
  const caches = env.XDG_CACHE_HOME || join(env.HOME ?? "/root", ".cache");
  return join(caches, "inference-stack-benchmarks");
}

/** The folder of one engine's environment; `device` where the engine has a build for each. */
export function engineDir(kind: string, version: string, device?: string): string {
  return join(engineCacheDir(), [kind, version, device].filter(Boolean).join("-"));
}

/** The file that a setup writes into an engine's folder last; without it the folder is not used. */
export const COMPLETE = "complete";

/** The folder of the models. */
export function modelsDir(): string {
  return join(engineCacheDir(), "models");
}

/** The folder of other projects' clients, which the client bench compares with. */
export function clientsDir(): string {
  return join(engineCacheDir(), "clients");
}

/** Whether `path` exists. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
