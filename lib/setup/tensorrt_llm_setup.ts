/** Gets TensorRT-LLM as a container image where a container engine answers, else as an environment. */
import { join } from "node:path";
import { COMPLETE, exists } from "@/engines/cache.ts";
import { type ContainerRuntime, containerRuntime, hasImage } from "@/engines/container.ts";
import { findProgram } from "@/engines/programs.ts";
import { type PythonEngine, pythonEngine } from "@/engines/python_engines.ts";
import { fetchedImageDir, releaseImage } from "@/engines/tensorrt_llm_image.ts";
import type { Step } from "./install.ts";
import { runInstaller } from "./installer.ts";
import { run, SetupError } from "./python.ts";
import { pythonEngineSteps } from "./python_engine_setup.ts";

/** What that version needs, in order, by the way that this machine allows. Both ways are in the notes. */
export function tensorrtLlmSteps(version: string | undefined): Step[] {
  const engine = pythonEngine({ kind: "tensorrt-llm", version });
  const runtime = containerRuntime();
  return runtime === null ? environmentSteps(engine) : [releaseStep(engine, runtime)];
}

/** The one step that gets the image which a config names. Throws `SetupError` without a container engine. */
export function imageSteps(image: string): Step[] {
  const runtime = containerRuntime();
  if (runtime === null) {
    throw new SetupError(
      `docker_image ${image}: no container engine answers (docker info, podman info); start one, or ` +
        "leave docker_image out: TensorRT-LLM is then installed as an environment",
    );
  }
  return [pullStep(image, runtime)];
}

function releaseStep(engine: PythonEngine, runtime: ContainerRuntime): Step {
  const folder = fetchedImageDir(engine);
  const pull = pullStep(releaseImage(engine.version), runtime);
  const notes = pythonEngineSteps(engine).flatMap((step) => step.notes ?? []);
  return {
    ...pull,
    what:
      `TensorRT-LLM ${engine.version}, NVIDIA's container image (not tried yet, sizes are a guess)`,
    notes: [...pull.notes ?? [], "without a container engine it would be:", ...notes],
    isDone: async () => await exists(join(folder, COMPLETE)) && await pull.isDone(),
    async run(say) {
      await pull.run(say);
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(join(folder, COMPLETE), "");
    },
  };
}

function pullStep(image: string, runtime: ContainerRuntime): Step {
  return {
    what: `the container image ${image} (sizes are a guess)`,
    into: `${runtime}'s own store`,
    download_mb: 20000,
    disk_mb: 50000,
    otherDisk: true,
    notes: [`${runtime} pull ${image}`],
    isDone: () => Promise.resolve(hasImage(runtime, image)),
    run: async () => void await runInstaller([runtime, "pull", "--quiet", image]),
  };
}

function environmentSteps(engine: PythonEngine): Step[] {
  const image = releaseImage(engine.version);
  const others = [
    "no container engine answers (docker info, podman info); with one it would be:",
    `docker pull ${image}`,
    "on a rented pod, which has none as a rule, the sure way is to start the pod from NVIDIA's own " +
    `image nvcr.io/nvidia/tensorrt-llm/release:${engine.version}: its trtllm-serve is on the PATH`,
  ];
  return pythonEngineSteps(engine).map((step) =>
    step.notes === undefined ? step : {
      ...step,
      notes: [...step.notes, ...others],
      async run(say) {
        await refuseWithoutMpi();
        await step.run(say);
      },
    }
  );
}

/** Its packages load OpenMPI, which no wheel brings; better told before gigabytes are fetched. */
async function refuseWithoutMpi(): Promise<void> {
  const ldconfig = await findProgram("ldconfig") ?? "/sbin/ldconfig";
  const known = await run([ldconfig, "-p"]).catch(() => null);
  const folders = (Deno.env.get("LD_LIBRARY_PATH") ?? "").split(":").filter(Boolean);
  const named = await Promise.all(folders.map((folder) => exists(join(folder, "libmpi.so.40"))));
  if (known === null || known.includes("libmpi.so") || named.includes(true)) return;
  throw new SetupError(
    "TensorRT-LLM needs OpenMPI (libmpi.so), which is not here, and nothing of it was fetched; " +
      "apt-get install libopenmpi-dev, then run setup again",
  );
}
