/** What runs on this machine, as Linux lists it, and waiting for it to change. */

/** Ids of the processes whose command line contains `marker`, this one excepted. */
export function processesWith(marker: string): number[] {
  const ids = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(
    Number.isInteger,
  );
  return ids.filter((pid) => pid !== Deno.pid && commandLine(pid).includes(marker));
}

/** Arguments joined by spaces; empty for a process that is gone or a zombie. */
function commandLine(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Id of a process's group; null for one that is gone or a zombie. */
export function groupOf(pid: number): number | null {
  const found = textOf(`/proc/${pid}/stat`).match(/^\d+ \(.*\) (\S) \d+ (\d+) /s);
  return found && found[1] !== "Z" ? Number(found[2]) : null;
}

/** What runs in that group. */
export function membersOf(group: number): { pid: number; command: string }[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
    .filter((pid) => Number.isInteger(pid) && groupOf(pid) === group)
    .map((pid) => ({ pid, command: commandLine(pid) }));
}

/** Looks again every 20 ms until `look` gives something; throws after `limit_s` and says for what it waited. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false,
  limit_s = 20,
): Promise<T> {
  const deadline = performance.now() + limit_s * 1000;
  for (;;) {
    const seen = look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`not within ${limit_s} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until no process has `marker` in its command line. */
export async function untilGone(marker: string, limit_s = 10): Promise<void> {
  await until(
    `no process with "${marker}" is left`,
    () => processesWith(marker).length === 0,
    limit_s,
  );
}

/** Text of a file, empty while it is not there. */
export function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** A folder that is removed at the end of the test. */
export class TempFolder implements Disposable {
  readonly path = Deno.makeTempDirSync();

  /** Path of `name` in the folder, written if `text` is given. */
  file(name: string, text?: string): string {
    const path = `${this.path}/${name}`;
    if (text !== undefined) Deno.writeTextFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
