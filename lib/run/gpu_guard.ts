/** Sees to it that the GPU is empty before a launch and again after a stop. */
import type { GpuEmpty } from "@/config/gpu_empty_schema.ts";
import { type GpuProcess, nvidiaSmi, parseComputeApps } from "@/engines/nvidia_smi.ts";

/** What holds the GPUs' memory at one moment. */
export interface GpuState {
  /** By GPU index. */
  memory_used_mib: number[];
  /** Compute processes that the driver names; none in many containers, whatever runs. */
  processes: GpuProcess[];
}

/** The state now; null without an NVIDIA GPU. */
export async function readGpuState(): Promise<GpuState | null> {
  const memory = await nvidiaSmi("--query-gpu=memory.used", "--format=csv,noheader,nounits");
  if (memory === null) return null;
  const apps = await nvidiaSmi(
    "--query-compute-apps=pid,used_memory,name",
    "--format=csv,noheader,nounits",
  );
  return {
    memory_used_mib: memory.split("\n").filter((line) => line.trim() !== "").map(Number)
      .map((mib) => Number.isNaN(mib) ? 0 : mib),
    processes: parseComputeApps(apps ?? ""),
  };
}

/** Who else uses the GPU before anything of ours runs, and what to do; null when nobody does. */
export function otherTenants(
  { processes, memory_used_mib }: GpuState,
  { idle_mib }: Pick<GpuEmpty, "idle_mib">,
): string | null {
  if (processes.length > 0) {
    return `the GPU is in use by ${named(processes)}; end ${
      processes.length === 1 ? "it" : "them"
    }, or set hardware.allow_other_tenants: true and take the numbers for a shared card's`;
  }
  const busy = memory_used_mib.flatMap((mib, gpu) =>
    mib > idle_mib ? [`${mib} MiB of GPU ${gpu}`] : []
  );
  if (busy.length === 0) return null;
  return `${busy.join(" and ")} are in use by a process that is not shown here (process ids are ` +
    "hidden in many containers); find it on the host, raise hardware.gpu_empty.idle_mib where an idle " +
    "card holds so much, or set hardware.allow_other_tenants: true and take the numbers for a " +
    "shared card's";
}

/** What is still on the GPU that was not there at `baseline`, and what to do; null when nothing is. */
export function leftOver(
  baseline: GpuState,
  now: GpuState,
  { tolerance_mib }: Pick<GpuEmpty, "tolerance_mib">,
): string | null {
  const before = new Set(baseline.processes.map(({ pid }) => pid));
  const left = now.processes.filter(({ pid }) => !before.has(pid));
  if (left.length > 0) {
    return `${named(left)} still ${left.length === 1 ? "holds" : "hold"} GPU memory; end ${
      left.length === 1 ? "it" : "them"
    } (kill -9 ${left.map(({ pid }) => pid).join(" ")}) and run again`;
  }
  // The tenants that were there before may hold more by now.
  if (now.processes.length > 0) return null;
  const grown = now.memory_used_mib.flatMap((mib, gpu) => {
    const idle = baseline.memory_used_mib[gpu] ?? 0;
    return mib > idle + tolerance_mib ? [`GPU ${gpu}: ${mib} MiB used, ${idle} MiB before`] : [];
  });
  if (grown.length === 0) return null;
  return `${
    grown.join("; ")
  }, and no process is shown (process ids are hidden in many containers); ` +
    "see `nvidia-smi` on the host, end what holds the memory and run again, or raise " +
    "hardware.gpu_empty.tolerance_mib where the driver keeps so much";
}

function named(processes: GpuProcess[]): string {
  return processes.map(({ pid, used_mib, name }) =>
    `pid ${pid} (${name}, ${used_mib === null ? "unknown memory" : `${used_mib} MiB`})`
  ).join(", ");
}

export interface GpuGuard {
  /** Waits until the GPU is as it was at first, `wait_s` at most; then what is left, or null. */
  untilEmpty(signal: AbortSignal): Promise<string | null>;
}

export interface GuardOptions {
  read?: () => Promise<GpuState | null>;
  pause_ms?: number;
}

/** Remembers the GPU as it is now; null without one. */
export async function guardGpu(
  empty: GpuEmpty,
  { read = readGpuState, pause_ms = 500 }: GuardOptions = {},
): Promise<GpuGuard | null> {
  const baseline = await read();
  if (baseline === null) return null;
  return {
    async untilEmpty(signal) {
      const deadline = performance.now() + empty.wait_s * 1000;
      for (;;) {
        const now = await read();
        const left = now === null
          ? "nvidia-smi does not answer any more"
          : leftOver(baseline, now, empty);
        if (left === null || performance.now() >= deadline || signal.aborted) return left;
        await new Promise((resolve) => setTimeout(resolve, pause_ms));
      }
    },
  };
}
