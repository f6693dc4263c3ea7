/** Memory of processes as Linux counts it. */
import type { MemoryReading } from "@/records/trial_record.ts";
import { withDescendants } from "./process_tree.ts";

/** Resident size of process `pid`, now and at its peak; null where Linux does not tell. */
export async function residentMemory(pid: number | null): Promise<MemoryReading | null> {
  if (pid === null) return null;
  // Deno reads /proc only with every permission granted; `cat` needs just the right to run it.
  const cat = new Deno.Command("cat", { args: [`/proc/${pid}/status`], stderr: "null" });
  const { success, stdout } = await cat.output();
  return success ? parseStatus(new TextDecoder().decode(stdout)) : null;
}

/**
 * The same, summed over process `pid` and all that descend from it. Null if `pid` does not run.
 * Pages that processes share count once in each, and the peak is the sum of each one's own peak.
 */
export async function residentMemoryOfTree(pid: number | null): Promise<MemoryReading | null> {
  if (pid === null) return null;
  const cat = new Deno.Command("sh", { args: ["-c", "cat /proc/[0-9]*/status"], stderr: "null" });
  const { stdout } = await cat.output();
  return sumOfTree(new TextDecoder().decode(stdout), pid);
}

/** Sums over the tree of `root` in the joined texts of many /proc/PID/status. */
export function sumOfTree(statuses: string, root: number): MemoryReading | null {
  const processes = statuses.split(/^(?=Name:\t)/m).map((text) => ({
    pid: field(text, "Pid") ?? NaN,
    parent: field(text, "PPid") ?? NaN,
    reading: parseStatus(text),
  }));
  const tree = withDescendants(processes, ({ pid }) => pid === root);
  const readings = tree.map(({ reading }) => reading).filter((reading) => reading !== null);
  if (readings.length === 0) return null;
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
  return {
    label: "sum of the resident sizes of the server's processes (weights, KV cache and programs; " +
      "shared pages count in each)",
    bytes: sum(readings.map(({ bytes }) => bytes)),
    peak_bytes: sum(readings.map(({ bytes, peak_bytes }) => peak_bytes ?? bytes)),
  };
}

/** Reads VmRSS and VmHWM of the text of /proc/PID/status; null if there is no VmRSS. */
export function parseStatus(status: string): MemoryReading | null {
  const bytes = (name: string) => {
    const kib = field(status, name);
    return kib === null ? null : kib * 1024;
  };
  const resident = bytes("VmRSS");
  if (resident === null) return null;
  const label =
    "resident size of the server process since its launch (weights, KV cache, program and what it keeps of earlier requests)";
  return { label, bytes: resident, peak_bytes: bytes("VmHWM") };
}

function field(status: string, name: string): number | null {
  const value = status.match(new RegExp(`^${name}:\\s+(\\d+)(?: kB)?$`, "m"))?.[1];
  return value === undefined ? null : Number(value);
}
