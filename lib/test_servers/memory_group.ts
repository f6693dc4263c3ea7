/** A memory group of the kernel's (cgroup), in which a test lets a server run out of memory. */

const V1 = "/sys/fs/cgroup/memory";
const V2 = "/sys/fs/cgroup";

/** Needs a memory controller that this user may add groups to: root on most machines, not in most containers. */
export class MemoryGroup implements Disposable {
  private constructor(readonly path: string) {}

  /** A group that may hold so much. Throws with the reason where none can be made. */
  static limitedTo(bytes: number): MemoryGroup {
    const v1 = hasFile(`${V1}/memory.limit_in_bytes`);
    const path = `${v1 ? V1 : V2}/bench-test-${crypto.randomUUID()}`;
    if (!v1) Deno.writeTextFileSync(`${V2}/cgroup.subtree_control`, "+memory");
    Deno.mkdirSync(path);
    const group = new MemoryGroup(path);
    try {
      Deno.writeTextFileSync(
        `${path}/memory.${v1 ? "limit_in_bytes" : "max"}`,
        String(Math.round(bytes)),
      );
      return group;
    } catch (error) {
      group[Symbol.dispose]();
      throw error;
    }
  }

  /** Why no group can be made here; null where one can. */
  static whyNot(): string | null {
    try {
      MemoryGroup.limitedTo(1e9)[Symbol.dispose]();
      return null;
    } catch (error) {
      return `no memory group (cgroup) can be made here: ${(error as Error).message}`;
    }
  }

  /** Shell that moves itself into the group and then becomes `command`. */
  script(command: string): string {
    return `echo $$ > "${this.path}/cgroup.procs" && exec ${command}`;
  }

  /** The group must be empty by then. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Declares a test that needs such a group; where none can be made the test is ignored and says so. */
export function testWithMemoryGroup(name: string, fn: () => Promise<void>): void {
  const cannot = MemoryGroup.whyNot();
  if (cannot !== null) console.warn(`not run, because ${cannot}: ${name}`);
  Deno.test({ name, ignore: cannot !== null, fn });
}
