/** Memory of a process as Linux counts it. */
import type { MemoryReading } from "@/records/trial_record.ts";

/** Resident size of process `pid`, now and at its peak; null where Linux does not tell. */
export async function residentMemory(pid: number | null): Promise<MemoryReading | null> {
  if (pid === null) return null;
  // Deno reads /proc only with every permission granted; `cat` needs just the right to run it.
  const cat = new Deno.Command("cat", { args: [`/proc/${pid}/status`], stderr: "null" });
  const { success, stdout } = await cat.output();
  return success ? parseStatus(new TextDecoder().decode(stdout)) : null;
}

/** Reads VmRSS and VmHWM of the text of /proc/PID/status; null if there is no VmRSS. */
export function parseStatus(status: string): MemoryReading | null {
  const bytes = (name: string) => {
    const kib = status.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m"))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  };
  const resident = bytes("VmRSS");
  if (resident === null) return null;
  const label = "resident size of the server process (weights, KV cache and program)";
  return { label, bytes: resident, peak_bytes: bytes("VmHWM") };
}
