/** Counters that the kernel keeps for the whole machine, read through `cat`, which needs no wide permission. */

export interface MachineCounters {
  /** Ticks of all processors since boot, and those of them that the host gave to others. */
  ticks: number | null;
  stolen: number | null;
  tcp_retransmits: number | null;
}

/** What `/proc` says now; null where it does not. Takes some milliseconds. */
export async function readMachineCounters(): Promise<MachineCounters> {
  const text = await catAll(["/proc/stat", "/proc/net/snmp"]);
  return parseMachineCounters(text);
}

/** Reads the texts of `/proc/stat` and `/proc/net/snmp`, one after the other. */
export function parseMachineCounters(text: string): MachineCounters {
  // user nice system idle iowait irq softirq steal; guests are counted in user already.
  const ticks = text.match(/^cpu +(\d+(?: \d+){7})/m)?.[1]?.split(" ").map(Number);
  const [names, values] = [...text.matchAll(/^Tcp: (.*)$/gm)].map(([, line]) => line!.split(" "));
  const at = names?.indexOf("RetransSegs") ?? -1;
  return {
    ticks: ticks?.reduce((sum, count) => sum + count, 0) ?? null,
    stolen: ticks?.[7] ?? null,
    tcp_retransmits: at < 0 || values?.[at] === undefined ? null : Number(values[at]),
  };
}

/** What happened between two readings; null where one of them lacks it. */
export function counterDifference(
  before: MachineCounters,
  after: MachineCounters,
): { steal_share: number | null; tcp_retransmits: number | null } {
  const minus = (key: keyof MachineCounters) =>
    before[key] === null || after[key] === null ? null : after[key] - before[key];
  const [ticks, stolen] = [minus("ticks"), minus("stolen")];
  return {
    steal_share: ticks === null || stolen === null || ticks === 0 ? null : stolen / ticks,
    tcp_retransmits: minus("tcp_retransmits"),
  };
}

async function catAll(files: string[]): Promise<string> {
  try {
    const { stdout } = await new Deno.Command("cat", { args: files, stderr: "null" }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  }
}
