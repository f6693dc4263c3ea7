/**
 * SGLang's real server on a CPU, with a shim in place of its GPU kernels: for tests of how it
 * behaves on the wire, in its log and at its end. Its speed says nothing and is printed nowhere.
 */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { COMPLETE, engineCacheDir, engineDir, exists } from "@/engines/cache.ts";
import { install, type Step } from "@/setup/install.ts";
import { runInstaller } from "@/setup/installer.ts";
import { enginePart } from "@/setup/parts.ts";
import { findPython, run, SetupError } from "@/setup/python.ts";
import { uv, uvDownloads, uvStep } from "@/setup/uv.ts";

const VERSION = "0.5.23";
/** Minor versions of Python 3: 10 and newer. */
const PYTHONS = [10, null];
const SHIM = join(import.meta.dirname!, "sgl_kernel_shim");

/** Free disk that the environment needs while it is installed, its downloads included. */
const NEEDED_GB = 14;

const folder = () => engineDir("sglang", VERSION, "cpu-conformance");
const program = (name: string) => join(folder(), "venv", "bin", name);

/** An entry of a study; its model must be a folder or the small one. */
export function sglangOnCpu(...extra_args: string[]) {
  return {
    kind: "sglang",
    version: `${VERSION}+cpu.conformance`,
    executable: program("sglang"),
    env: {
      PYTHONPATH: SHIM,
      PYTHONDONTWRITEBYTECODE: "1",
      CUDA_VISIBLE_DEVICES: "",
      OMP_NUM_THREADS: "1",
      SGLANG_USE_CPU_ENGINE: "1",
    },
    extra_args: [...CPU_FLAGS, ...extra_args],
  };
}

const CPU_FLAGS = [
  "--device=cpu",
  "--attention-backend=torch_native",
  "--sampling-backend=pytorch",
  "--dtype=bfloat16",
  "--max-total-tokens=16384",
  "--max-running-requests=16",
  "--mem-fraction-static=0.3",
  "--disable-radix-cache",
  "--random-seed=1",
];

/** What installs it, in order. */
export function sglangSteps(): Step[] {
  return [uvStep(), environmentStep()];
}

/** Why it cannot be installed here; null if it is there or can be. */
async function whyNotInstallable(): Promise<string | null> {
  if (await exists(join(folder(), COMPLETE))) return null;
  await Deno.mkdir(engineCacheDir(), { recursive: true });
  const { bavail, bsize } = await statfs(engineCacheDir());
  const free_gb = bavail * bsize / 1e9;
  if (free_gb >= NEEDED_GB) return null;
  return `the disk of the engine cache has ${
    free_gb.toFixed(1)
  } GB free and SGLang needs ${NEEDED_GB} GB`;
}

function environmentStep(): Step {
  const complete = join(folder(), COMPLETE);
  return {
    what: `SGLang ${VERSION} for conformance tests on a CPU`,
    into: folder(),
    download_mb: 5500,
    disk_mb: NEEDED_GB * 1000,
    isDone: () => exists(complete),
    async run() {
      const python = await findPython(PYTHONS);
      await Deno.remove(folder(), { recursive: true }).catch(() => {});
      await Deno.mkdir(folder(), { recursive: true });
      await uv("venv", "--python", python, join(folder(), "venv"));
      await uv("pip", "install", "--python", program("python"), `sglang==${VERSION}`);
      await byteCompile();
      await Deno.writeTextFile(complete, "");
      await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
    },
  };
}

/** Each start imports for minutes without it. Some files of some packages are templates and do not compile. */
async function byteCompile(): Promise<void> {
  const code = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const packages = (await run([program("python"), "-c", code])).trim();
  const compile = ["-m", "compileall", "-q", "-q", "-j", "0", packages];
  await runInstaller([program("python"), ...compile]).catch(() => {});
  if (await exists(join(packages, "sglang", "__pycache__"))) return;
  throw new SetupError(`SGLang in ${packages} could not be byte-compiled; is the disk full?`);
}

/** Declares a test of SGLang; where the disk is too small for it, the test is ignored and says so. */
export function testOnSglang(name: string, body: () => Promise<void>): void {
  if (cannot !== null) console.warn(`not run, because ${cannot}: ${name}`);
  const fn = async () => {
    // Its model is made with vLLM's environment.
    const model = await enginePart("vllm", "cpu").steps();
    await install([...model, ...sglangSteps()], { say: console.log });
    await body();
  };
  Deno.test({ name, ignore: cannot !== null, fn });
}

const cannot = await whyNotInstallable();
