/** Installs vLLM, SGLang or TensorRT-LLM as a Python environment of its own into the engine cache. */
import { join } from "node:path";
import { COMPLETE, exists } from "@/engines/cache.ts";
import { environmentDir, environmentProgram, type PythonEngine } from "@/engines/python_engines.ts";
import type { Step } from "./install.ts";
import { runInstaller } from "./installer.ts";
import { findPython, run, SetupError } from "./python.ts";
import { type PythonBuild, pythonBuild } from "./python_builds.ts";
import { uv, uvDownloads, uvStep } from "./uv.ts";

/** What the engine needs, in order. */
export function pythonEngineSteps(engine: PythonEngine): Step[] {
  return [uvStep(), environmentStep(engine)];
}

function environmentStep(engine: PythonEngine): Step {
  const folder = environmentDir(engine);
  const complete = join(folder, COMPLETE);
  const build = pythonBuild(engine);
  return {
    into: folder,
    what: build.what,
    download_mb: build.download_mb,
    disk_mb: build.disk_mb,
    notes: [`uv pip install ${installArgs(engine, build).join(" ")}`, ...build.notes],
    isDone: () => exists(complete),
    async run() {
      const python = await findPython(build.pythons);
      await Deno.remove(folder, { recursive: true }).catch(() => {});
      await Deno.mkdir(folder, { recursive: true });
      await uv("venv", "--python", python, join(folder, "venv"));
      const into = ["pip", "install", "--python", environmentProgram(engine, "python")];
      await uv(...into, ...await overrides(engine, build), ...installArgs(engine, build));
      if (engine.kind === "vllm" && engine.wheel !== "vllm") await nameItVllm(engine);
      await byteCompile(engine, build);
      await checkVersion(engine, build);
      await Deno.writeTextFile(complete, "");
      await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
    },
  };
}

function installArgs({ wheel, version }: PythonEngine, { args, extras }: PythonBuild): string[] {
  return [...args, `${wheel}==${version}`, ...extras];
}

async function overrides(engine: PythonEngine, build: PythonBuild): Promise<string[]> {
  if (build.overrides.length === 0) return [];
  const file = join(environmentDir(engine), "overrides.txt");
  await Deno.writeTextFile(file, build.overrides.join("\n"));
  return ["--override", file];
}

/** `vllm serve` looks for a distribution called vllm and does not start under another name. */
async function nameItVllm(engine: PythonEngine): Promise<void> {
  const version = `${engine.version}+${engine.device}`;
  const folder = join(await sitePackages(engine), `vllm-${version}.dist-info`);
  const metadata = `Metadata-Version: 2.1\nName: vllm\nVersion: ${version}\n`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "METADATA"), metadata);
}

/** Saves a minute at each start. Some files of some packages are templates and do not compile. */
async function byteCompile(engine: PythonEngine, { packages: names }: PythonBuild): Promise<void> {
  const packages = await sitePackages(engine);
  const compile = ["-m", "compileall", "-q", "-q", "-j", "0", packages];
  await runInstaller([environmentProgram(engine, "python"), ...compile]).catch(() => {});
  for (const name of names) {
    if (await exists(join(packages, name, "__pycache__"))) continue;
    throw new SetupError(`${name} in ${packages} could not be byte-compiled; is the disk full?`);
  }
}

/** Asks the engine, which proves that it starts, where it does so without a GPU; else its metadata. */
async function checkVersion(engine: PythonEngine, { versionProbe }: PythonBuild): Promise<void> {
  const { version } = engine;
  const [program, ...args] = versionProbe;
  const said = await run([environmentProgram(engine, program), ...args]);
  const seen = said.trim().split("\n").at(-1)!.replace(/^.*version: /, "");
  if (seen === version || seen.startsWith(`${version}+`)) return;
  throw new SetupError(
    `${versionProbe.join(" ")} in ${environmentDir(engine)} says "${seen}", expected ${version}`,
  );
}

async function sitePackages(engine: PythonEngine): Promise<string> {
  const code = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return (await run([environmentProgram(engine, "python"), "-c", code])).trim();
}
