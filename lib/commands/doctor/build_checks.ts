/** What compiles: the known-truth server that judges the client, and kernels while an engine starts. */
import { join } from "node:path";
import type { Config } from "@/config/schema.ts";
import { usesGpu } from "@/engines/engine.ts";
import { findProgram } from "@/engines/programs.ts";
import { environmentProgram, installedProgram, pythonEngine } from "@/engines/python_engines.ts";
import { blocker, type Check, ok, warning } from "./check.ts";
import type { Probe } from "./machine_probe.ts";

/** A line for the C compiler, and one more for CUDA's where an entry builds kernels on a GPU. */
export async function buildChecks(probe: Probe, config: Config): Promise<Check[]> {
  const builders = Object.values(config.engines).filter((entry) =>
    usesGpu(entry) && (entry.kind === "vllm" || entry.kind === "sglang")
  );
  const kinds = [...new Set(builders.map(({ kind }) => kind))].join(" and ");
  if (kinds === "") return [await compilerCheck(null)];
  return [
    await compilerCheck(kinds),
    ...await headersCheck(probe, config, kinds),
    await nvccCheck(kinds),
  ];
}

const INSTALL = "apt-get install build-essential";

/** Triton takes `CC`, gcc or clang; the known-truth server is built by cc. */
async function compilerCheck(kinds: string | null): Promise<Check> {
  const topic = "C compiler";
  const cc = await findProgram("cc");
  const any = Deno.env.get("CC") || await findProgram("gcc") || await findProgram("clang");
  if (cc !== null && (kinds === null || any)) return ok(topic, cc);
  const client = "calibrate and the short calibration before each run then ask a known-truth " +
    "server in Deno, which is late itself at high loads and proves less of the client; " +
    "bench:client does not run";
  if (kinds === null) {
    return warning(topic, `none (cc): ${client}`, "apt-get install gcc libc6-dev");
  }
  return any ? warning(topic, `${any}, but no cc: ${client}`, INSTALL) : blocker(
    topic,
    `none: ${kinds} build kernels by Triton as they start and end without one`,
    INSTALL,
  );
}

/** Nothing where they are there, or where no Python of an environment can be asked yet. */
async function headersCheck(probe: Probe, { engines }: Config, kinds: string): Promise<Check[]> {
  const installed = Object.values(engines).flatMap((entry) => {
    if (entry.kind !== "vllm" && entry.kind !== "sglang") return [];
    if (entry.executable !== undefined || !usesGpu(entry)) return [];
    const engine = pythonEngine(entry);
    return installedProgram(engine) === null ? [] : [environmentProgram(engine, "python")];
  });
  const python = installed[0] ?? "python3";
  const code = "import sysconfig as s; print(s.get_path('include'), s.get_python_version())";
  const answer = await probe(python, "-c", code);
  const [folder, version] = answer?.success ? answer.stdout.trim().split(" ") : [];
  if (folder === undefined || folder === "") return [];
  const there = await probe("test", "-e", join(folder, "Python.h"));
  if (there?.success !== false) return [];
  const found = `${join(folder, "Python.h")} is missing: ${kinds} compile against it as they start`;
  return [warning("Python headers", found, `apt-get install python${version}-dev`)];
}

/** As FlashInfer looks for it. */
async function nvccCheck(kinds: string): Promise<Check> {
  const topic = "CUDA compiler";
  const home = Deno.env.get("CUDA_HOME") || Deno.env.get("CUDA_PATH") || "/usr/local/cuda";
  const nvcc = await findProgram("nvcc") ?? await findProgram(join(home, "bin", "nvcc"));
  if (nvcc !== null) return ok(topic, nvcc);
  return warning(
    topic,
    `no nvcc on the PATH or in ${home}: ${kinds} may build kernels by FlashInfer as they start, and end ` +
      "with 'Could not find nvcc'",
    "start the machine from an image with the CUDA toolkit (…-devel), or install it and set CUDA_HOME; " +
      'for vLLM, env: { VLLM_USE_FLASHINFER_SAMPLER: "0" } in its entry may do',
  );
}
