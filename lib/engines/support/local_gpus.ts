/** The GPUs of this machine as fit and support ask for them. */
import { type Gpu, gpuNamed } from "@/config/fit/gpus.ts";
import { nvidiaSmi } from "../nvidia_smi.ts";

/** One for each card whose memory and compute capability nvidia-smi tells; none without a GPU. */
export async function localGpus(): Promise<Gpu[]> {
  const fields = "--query-gpu=name,memory.total,compute_cap";
  return parseGpus(await nvidiaSmi(fields, "--format=csv,noheader,nounits") ?? "");
}

/** Lines of that question's answer. */
export function parseGpus(text: string): Gpu[] {
  return text.split("\n").flatMap((line) => {
    const found = line.match(/^\s*(.+?)\s*,\s*(\d+)\s*,\s*(\d+)\.(\d)\s*$/);
    if (!found) return [];
    const name = found[1]!;
    return [{
      name,
      memory_mib: Number(found[2]),
      sm: Number(found[3]) * 10 + Number(found[4]),
      bandwidth_tb_s: gpuNamed(name)?.bandwidth_tb_s ?? null,
    }];
  });
}
