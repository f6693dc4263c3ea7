/** The cores on which processes may run, as Linux has it, whoever set it. */
import { coresOf, listOf } from "@/config/cores.ts";
import { withDescendants } from "./process_tree.ts";

/** Where a server was to run, and where its threads may run; core lists as `taskset` writes them. */
export interface SeenCores {
  asked: string;
  /** Of all threads together; null where Linux does not tell. */
  seen: string | null;
}

/** Cores of all threads of process `pid` and of all that descend from it; null if it does not run. */
export async function coresOfTree(pid: number): Promise<string | null> {
  // Each thread may be set apart, which some engines do to theirs.
  const lines = 'grep -hE "^(Tgid|PPid|Cpus_allowed_list):" /proc/[0-9]*/task/[0-9]*/status';
  const sh = new Deno.Command("sh", { args: ["-c", lines], stderr: "null" });
  const { stdout } = await sh.output();
  return coresInTree(new TextDecoder().decode(stdout), pid);
}

/** The same from those lines of many /proc/PID/task/TID/status. */
export function coresInTree(statuses: string, root: number): string | null {
  const threads = [
    ...statuses.matchAll(/^Tgid:\s+(\d+)\nPPid:\s+(\d+)\nCpus_allowed_list:\s+(\S+)$/gm),
  ].map(([, pid, parent, cores]) => ({ pid: Number(pid), parent: Number(parent), cores: cores! }));
  // Every thread tells of its whole process, so the threads of a tree are found as its processes are.
  const tree = withDescendants(threads, ({ pid }) => pid === root);
  const cores = tree.flatMap((one) => coresOf(one.cores));
  return cores.length === 0 ? null : listOf(cores);
}
