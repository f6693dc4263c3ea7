/** Whether the kernel killed a process for want of memory, which no log of a server tells. */

/** Texts of files, null for one that cannot be read. */
export type ReadText = (path: string) => string | null;

/** The kernel's counts of such kills; null where it does not tell. */
export interface OomCounts {
  /** In this program's memory group, to which its servers belong, too. */
  group: number | null;
  /** What that group may hold; null where it is not bounded. */
  limit_bytes: number | null;
  /** On the whole machine, in groups or not. */
  machine: number | null;
}

/**
 * The counts now: `memory.events` of cgroup v2, `memory.oom_control` of v1, `oom_kill` of
 * `/proc/vmstat` (Linux 4.13 and newer). In a container the group's files may lie at the root of the
 * mount, whatever its path is called.
 */
export function readOomCounts(read: ReadText = cat): OomCounts {
  const lines = read("/proc/self/cgroup") ?? "";
  const v2 = /^0::(.*)$/m.exec(lines)?.[1];
  const v1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(lines)?.[1];
  const places = [
    ...folders("/sys/fs/cgroup/memory", v1).map((at) => [at, "oom_control", "limit_in_bytes"]),
    ...folders("/sys/fs/cgroup", v2).map((at) => [at, "events", "max"]),
  ];
  const machine = countIn(read("/proc/vmstat"));
  for (const [at, counts, limit] of places) {
    const group = countIn(read(`${at}/memory.${counts}`));
    if (group === null) continue;
    return { group, limit_bytes: bounded(read(`${at}/memory.${limit}`)), machine };
  }
  return { group: null, limit_bytes: null, machine };
}

/** The group's own folder first, then the mount's root. */
function folders(root: string, path: string | undefined): string[] {
  if (path === undefined) return [];
  return path === "/" ? [root] : [`${root}${path}`, root];
}

function countIn(text: string | null): number | null {
  const found = /^oom_kill (\d+)$/m.exec(text ?? "")?.[1];
  return found === undefined ? null : Number(found);
}

/** v2 writes `max` and v1 a number beyond any machine where there is no bound. */
function bounded(text: string | null): number | null {
  const bytes = Number(text?.trim() || NaN);
  return Number.isFinite(bytes) && bytes < 2 ** 60 ? bytes : null;
}

/** A kill for want of memory: surely of this group, or of someone on the machine; `told` in words. */
export interface OomKill {
  of: "group" | "machine";
  told: string;
}

/** What has been killed for want of memory since this was called; null while nothing was. */
export function watchOomKills(read: ReadText = cat): () => OomKill | null {
  const before = readOomCounts(read);
  return () => {
    const now = readOomCounts(read);
    const rose = (count: "group" | "machine") =>
      before[count] !== null && now[count] !== null && now[count] > before[count];
    if (rose("group")) {
      const limit = now.limit_bytes === null
        ? ""
        : `, which may hold ${Math.round(now.limit_bytes / 1e6)} MB`;
      const told = `the kernel killed a process of this memory group for want of memory${limit}`;
      return { of: "group", told };
    }
    const told = "the kernel killed a process of this machine for want of memory meanwhile";
    return rose("machine") ? { of: "machine", told } : null;
  };
}

/** `/proc` and `/sys` are read through `cat`, which needs no wide permission. */
function cat(path: string): string | null {
  try {
    const { success, stdout } = new Deno.Command("cat", { args: [path], stderr: "null" })
      .outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch {
    return null;
  }
}
