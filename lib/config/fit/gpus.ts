/** NVIDIA GPUs by name, for studies that are planned on a machine without them. */
export interface Gpu {
  name: string;
  /** `memory.total` of nvidia-smi. */
  memory_mib: number;
  /** Compute capability as one number, 90 for 9.0. */
  sm: number;
  /** Of its memory, in 10¹² bytes a second; null where it is not known here. */
  bandwidth_tb_s: number | null;
}

/**
 * Memory as nvidia-smi prints it, bandwidth from NVIDIA's data sheets. The first pattern that a name
 * matches counts.
 */
const GPUS: (Gpu & { pattern: RegExp })[] = [
  card("H100 NVL", /H100 ?NVL/, 95830, 90, 3.9),
  card("H100 PCIe", /H100 ?PCIe/, 81559, 90, 2.0),
  card("H100 80GB HBM3", /H100/, 81559, 90, 3.35),
  card("H200", /(?<!G)H200/, 143771, 90, 4.8),
  card("B200", /(?<!G)B200/, 183359, 100, 8),
  card("A100 40GB", /A100.*40 ?GB/, 40960, 80, 1.55),
  card("A100 80GB", /A100/, 81920, 80, 2.0),
  card("L40S", /L40S/, 46068, 89, 0.86),
];

function card(
  name: string,
  pattern: RegExp,
  memory_mib: number,
  sm: number,
  bandwidth_tb_s: number,
) {
  return { name: `NVIDIA ${name}`, pattern, memory_mib, sm, bandwidth_tb_s };
}

/** The card that a name such as "NVIDIA H100 80GB HBM3" means; null for one that is not known here. */
export function gpuNamed(name: string): Gpu | null {
  const found = GPUS.find(({ pattern }) => pattern.test(name));
  if (found === undefined) return null;
  const { memory_mib, sm, bandwidth_tb_s } = found;
  return { name, memory_mib, sm, bandwidth_tb_s };
}

/** One card of each kind that is known, smallest first. */
export function knownGpus(): Gpu[] {
  return GPUS.map(({ pattern: _, ...gpu }) => gpu).sort((a, b) => a.memory_mib - b.memory_mib);
}

export const gibibytes = ({ memory_mib }: Gpu) => memory_mib / 1024;
