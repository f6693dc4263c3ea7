/** Which GPU a study is about: the one that its config names, or the one that is here. */
import { type Gpu, gpuNamed } from "@/config/fit/gpus.ts";
import type { Config } from "@/config/schema.ts";
import { localGpus } from "@/engines/support/local_gpus.ts";

/** For a plan: the named one, wherever the plan is made. Null if neither is known. */
export async function plannedGpu({ hardware }: Pick<Config, "hardware">): Promise<Gpu | null> {
  return namedGpu(hardware.gpu) ?? (await localGpus())[0] ?? null;
}

/** For a run: the one that is here, else the named one. */
export async function presentGpu({ hardware }: Pick<Config, "hardware">): Promise<Gpu | null> {
  return (await localGpus())[0] ?? namedGpu(hardware.gpu);
}

const namedGpu = (name: string | undefined) => name === undefined ? null : gpuNamed(name);
