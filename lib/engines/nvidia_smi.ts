/** What `nvidia-smi` is asked and how its CSV is read. */
import type { GpuSample } from "@/records/telemetry.ts";
import { findProgram } from "./programs.ts";

type Reading = Omit<GpuSample, "launch_id" | "unix_ms">;

/** For each reading the names that drivers give it, the newest first. */
const FIELDS: Record<keyof Reading, string[]> = {
  gpu: ["index"],
  memory_used_mib: ["memory.used"],
  sm_clock_mhz: ["clocks.current.sm", "clocks.sm"],
  memory_clock_mhz: ["clocks.current.memory", "clocks.mem"],
  power_w: ["power.draw"],
  // NVML's name; asked for only where the program lists it.
  energy_mj: ["total_energy_consumption"],
  temperature_c: ["temperature.gpu"],
  utilisation_percent: ["utilization.gpu"],
  clock_reasons: ["clocks_event_reasons.active", "clocks_throttle_reasons.active"],
};

/** Bits of `nvmlClocksEventReasons`. */
const CLOCK_REASONS: [bit: number, name: string][] = [
  [0x1, "gpu_idle"],
  [0x2, "applications_clocks_setting"],
  [0x4, "sw_power_cap"],
  [0x8, "hw_slowdown"],
  [0x10, "sync_boost"],
  [0x20, "sw_thermal_slowdown"],
  [0x40, "hw_thermal_slowdown"],
  [0x80, "hw_power_brake_slowdown"],
  [0x100, "display_clock_setting"],
];

/** What to ask of this driver: one unknown name would make it refuse the whole question. */
export interface GpuQuery {
  columns: (keyof Reading)[];
  fields: string[];
}

/** The fields that `nvidia-smi --help-query-gpu` lists, of those wanted. */
export function gpuQuery(help: string): GpuQuery {
  const known = new Set([...help.matchAll(/"([a-z0-9_.]+)"/g)].map(([, name]) => name));
  const chosen = (Object.entries(FIELDS) as [keyof Reading, string[]][]).flatMap(
    ([column, names]) => {
      const field = names.find((name) => known.has(name));
      return field === undefined ? [] : [{ column, field }];
    },
  );
  return {
    columns: chosen.map(({ column }) => column),
    fields: chosen.map(({ field }) => field),
  };
}

/** One line of `--format=csv,noheader,nounits`; null for a line that is none. */
export function parseGpuLine(line: string, { columns }: GpuQuery): Reading | null {
  const cells = line.split(",").map((cell) => cell.trim());
  if (cells.length !== columns.length || !/^\d+$/.test(cells[columns.indexOf("gpu")] ?? "")) {
    return null;
  }
  const cell = (column: keyof Reading) => cells[columns.indexOf(column)];
  return {
    gpu: Number(cell("gpu")),
    memory_used_mib: number(cell("memory_used_mib")),
    sm_clock_mhz: number(cell("sm_clock_mhz")),
    memory_clock_mhz: number(cell("memory_clock_mhz")),
    power_w: number(cell("power_w")),
    energy_mj: number(cell("energy_mj")),
    temperature_c: number(cell("temperature_c")),
    utilisation_percent: number(cell("utilisation_percent")),
    clock_reasons: reasons(cell("clock_reasons")),
  };
}

/** Null for `[N/A]`, `[Not Supported]`, `[Unknown Error]` and the like. */
function number(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function reasons(text: string | undefined): string[] | null {
  if (text === undefined || !/^0x[0-9a-f]+$/i.test(text)) return null;
  const mask = Number(text);
  return CLOCK_REASONS.filter(([bit]) => (mask & bit) !== 0).map(([, name]) => name);
}

export interface GpuProcess {
  pid: number;
  /** Null where the driver does not tell. */
  used_mib: number | null;
  name: string;
}

/** Lines of `--query-compute-apps=pid,used_memory,name` in the same format. */
export function parseComputeApps(text: string): GpuProcess[] {
  return text.split("\n").flatMap((line) => {
    const found = line.match(/^\s*(\d+)\s*,\s*([^,]*?)\s*,\s*(.*?)\s*$/);
    if (!found) return [];
    return [{ pid: Number(found[1]), used_mib: number(found[2]), name: found[3]! }];
  });
}

/** Runs `nvidia-smi`; its output, or null without the program or when it fails. */
export async function nvidiaSmi(...args: string[]): Promise<string | null> {
  const program = await findProgram("nvidia-smi");
  if (program === null) return null;
  const { success, stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
  return success ? new TextDecoder().decode(stdout) : null;
}
