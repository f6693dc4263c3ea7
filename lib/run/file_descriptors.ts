/** Each connection is a file descriptor, of which a process may have so many and no more. */

/** Besides its connections the client holds its program, logs, libraries and pipes to the engines. */
const OTHERS = 100;

/**
 * The most that this process may have open, since Deno raises its soft limit to the hard one; null
 * where it cannot be told. Asked of a shell: Deno reads /proc only with every permission.
 */
export async function descriptorLimit(): Promise<number | null> {
  try {
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-c", "ulimit -Hn"],
      stderr: "null",
    }).output();
    const limit = new TextDecoder().decode(stdout).trim();
    if (limit === "unlimited") return Infinity;
    return success && /^\d+$/.test(limit) ? Number(limit) : null;
  } catch {
    return null;
  }
}

/** Why so many connections at once cannot be had under the limit, and what to do; null if they can. */
export function descriptorProblem(connections: number, limit: number | null): string | null {
  const wanted = connections + OTHERS;
  if (limit === null || wanted <= limit) return null;
  const most = Math.max(0, limit - OTHERS);
  return `${connections} connections at once need ${wanted} file descriptors, and the hard limit is ${limit} (ulimit -Hn)
    to do: raise it before the start (in this shell: \`sudo prlimit --pid $$ --nofile=${
    roundUp(wanted)
  }\`; in a container: \`--ulimit nofile=${
    roundUp(wanted)
  }\`), or leave the levels above ${most} out of concurrency_levels`;
}

function roundUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
