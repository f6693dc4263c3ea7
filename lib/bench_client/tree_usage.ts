/** What a process and all that it started have used, read from /proc (Linux). */
import { sum } from "simple-statistics";
import { type Process, withDescendants } from "@/engines/process_tree.ts";

/** One process as `/proc/PID/stat` tells it. */
export interface ProcessStat extends Process {
  /** Clock ticks since boot, which tells a process from an earlier one of the same id. */
  started: number;
  /** Its own CPU time, without that of its children. */
  cpu_ticks: number;
  rss_pages: number;
}

/** Reads the text of `/proc/PID/stat`; the name in it may hold blanks and parentheses. */
export function parseStat(text: string): ProcessStat {
  const pid = Number.parseInt(text);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [parent, user, system, started, rss] = [1, 11, 12, 19, 21].map((at) => fields[at]!);
  return { pid, parent: parent!, started: started!, cpu_ticks: user! + system!, rss_pages: rss! };
}

export interface Units {
  ticks_per_s: number;
  page_bytes: number;
}

export interface UsageSample {
  at_ms: number;
  cpu_s: number;
}

/**
 * Follows a tree of processes from one look at all processes to the next. What a process had used
 * when it was last seen stays counted when it is gone; one whose parent ends stays in the tree. What
 * lives for less than the time between two looks is not seen.
 */
export class TreeUsage {
  readonly samples: UsageSample[] = [];
  /** Largest sum of resident memory of the processes alive at once, shared pages counted in each. */
  peak_bytes = 0;
  readonly #members = new Map<number, ProcessStat>();
  readonly #gone: ProcessStat[] = [];

  constructor(readonly root: number, readonly units: Units) {}

  look(at_ms: number, all: readonly ProcessStat[]): void {
    const alive = this.#tree(all);
    for (const [pid, seen] of this.#members) {
      if (alive.get(pid)?.started === seen.started) continue;
      this.#gone.push(seen);
      this.#members.delete(pid);
    }
    for (const [pid, stat] of alive) this.#members.set(pid, stat);
    const ticks = sum([...this.#gone, ...alive.values()].map(({ cpu_ticks }) => cpu_ticks));
    const pages = sum([...alive.values()].map(({ rss_pages }) => rss_pages));
    this.samples.push({ at_ms, cpu_s: ticks / this.units.ticks_per_s });
    this.peak_bytes = Math.max(this.peak_bytes, pages * this.units.page_bytes);
  }

  #tree(all: readonly ProcessStat[]): Map<number, ProcessStat> {
    const known = ({ pid, started }: ProcessStat) => this.#members.get(pid)?.started === started;
    const tree = withDescendants(all, (one) => one.pid === this.root || known(one));
    return new Map(tree.map((one) => [one.pid, one]));
  }

  /** CPU seconds of all of it, as of the last look. */
  get latest_s(): number {
    return this.samples.at(-1)?.cpu_s ?? 0;
  }

  /** CPU seconds used between two moments, taken as even between two looks. */
  between(from_ms: number, to_ms: number): number {
    return this.#at(to_ms) - this.#at(from_ms);
  }

  #at(at_ms: number): number {
    const next = this.samples.findIndex((sample) => sample.at_ms >= at_ms);
    if (next <= 0) return this.samples.at(next)?.cpu_s ?? 0;
    const [a, b] = [this.samples[next - 1]!, this.samples[next]!];
    return a.cpu_s + (b.cpu_s - a.cpu_s) * (at_ms - a.at_ms) / (b.at_ms - a.at_ms);
  }
}

/** All processes that there are now. */
export function allProcesses(): ProcessStat[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap((
    { name },
  ) => {
    try {
      return [parseStat(Deno.readTextFileSync(`/proc/${name}/stat`))];
    } catch {
      return []; // It has ended since.
    }
  });
}

/** This machine's units of `/proc`. */
export async function unitsHere(): Promise<Units> {
  const [ticks_per_s, page_bytes] = await Promise.all(["CLK_TCK", "PAGESIZE"].map(async (name) => {
    const { stdout } = await new Deno.Command("getconf", { args: [name] }).output();
    return Number(new TextDecoder().decode(stdout));
  }));
  return { ticks_per_s: ticks_per_s!, page_bytes: page_bytes! };
}
