/** What `nvidia-smi` tells of the cards, the driver and who uses them. */
import { type GpuProcess, gpuQuery, parseComputeApps, parseGpuLine } from "@/engines/nvidia_smi.ts";
import type { Probe } from "./machine_probe.ts";

export interface Card {
  index: number;
  name: string;
  driver: string;
  memory_mib: number;
  used_mib: number | null;
  compute_capability: string | null;
  persistence: string | null;
  mig: string | null;
  bus_id: string | null;
  max_sm_mhz: number | null;
  sm_mhz: number | null;
  power_limit_w: number | null;
  default_power_limit_w: number | null;
  temperature_c: number | null;
  /** Names of what holds the clocks back now. */
  clock_reasons: string[];
}

export type GpuFacts =
  | { cards: Card[]; processes: GpuProcess[] }
  /** Why there are none. */
  | { missing: "no program" | "no driver"; said: string };

/** Wanted besides what the run's own watch asks for. */
const FIELDS = [
  "index",
  "name",
  "driver_version",
  "memory.total",
  "compute_cap",
  "persistence_mode",
  "mig.mode.current",
  "pci.bus_id",
  "clocks.max.sm",
  "power.limit",
  "power.default_limit",
];

/** Asks nvidia-smi for what its driver knows: one unknown field would make it refuse all. */
export async function readGpuFacts(probe: Probe): Promise<GpuFacts> {
  const help = await probe("nvidia-smi", "--help-query-gpu");
  if (help === null) return { missing: "no program", said: "nvidia-smi is not on the PATH" };
  const fields = FIELDS.filter((field) => help.stdout.includes(`"${field}"`));
  const format = "--format=csv,noheader,nounits";
  const answer = await probe("nvidia-smi", `--query-gpu=${fields.join(",")}`, format);
  if (!answer?.success) {
    const [said] = `${answer?.stdout ?? ""}${answer?.stderr ?? ""}`.trim().split("\n");
    return { missing: "no driver", said: said || "nvidia-smi failed and said nothing" };
  }
  const now = gpuQuery(help.stdout);
  const readings = lines(await probe("nvidia-smi", `--query-gpu=${now.fields.join(",")}`, format))
    .flatMap((line) => parseGpuLine(line, now) ?? []);
  const apps = await probe("nvidia-smi", "--query-compute-apps=pid,used_memory,name", format);
  const cards = lines(answer).flatMap((line) => {
    const cell = cellOf(fields, line);
    if (cell("name") === null) return [];
    const index = Number(cell("index") ?? 0);
    const reading = readings.find(({ gpu }) => gpu === index);
    return [{
      index,
      name: cell("name")!,
      driver: cell("driver_version") ?? "unknown",
      memory_mib: number(cell("memory.total")) ?? 0,
      used_mib: reading?.memory_used_mib ?? null,
      compute_capability: cell("compute_cap"),
      persistence: cell("persistence_mode"),
      mig: cell("mig.mode.current"),
      bus_id: cell("pci.bus_id"),
      max_sm_mhz: number(cell("clocks.max.sm")),
      sm_mhz: reading?.sm_clock_mhz ?? null,
      power_limit_w: number(cell("power.limit")),
      default_power_limit_w: number(cell("power.default_limit")),
      temperature_c: reading?.temperature_c ?? null,
      clock_reasons: reading?.clock_reasons ?? [],
    }];
  });
  return { cards, processes: parseComputeApps(apps?.success ? apps.stdout : "") };
}

const lines = (answer: { success: boolean; stdout: string } | null) =>
  answer?.success ? answer.stdout.split("\n").filter((line) => line.trim() !== "") : [];

/** Null for a field that was not asked for, and for `[N/A]` and its like. */
function cellOf(fields: readonly string[], line: string) {
  const cells = line.split(",").map((cell) => cell.trim());
  return (field: string): string | null => {
    const cell = cells[fields.indexOf(field)];
    return cell === undefined || cell === "" || cell.startsWith("[") ? null : cell;
  };
}

const number = (text: string | null) =>
  text !== null && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
