/** Who listens on a port of this machine, as Linux tells it. */

/**
 * Whether what listens on `port` is in the process group of `pid`; null where nothing is seen to
 * listen there, as in another network namespace.
 */
export async function listensOn(port: number, pid: number): Promise<boolean | null> {
  const seen = await shell("cat /proc/net/tcp /proc/net/tcp6 /proc/[0-9]*/stat");
  const sockets = listeningSockets(seen, port);
  if (sockets.length === 0) return null;
  const members = groupMembers(seen, pid);
  const open = await shell(members.map((member) => `ls -l /proc/${member}/fd`).join(";"));
  return sockets.some((inode) => open.includes(`socket:[${inode}]`));
}

/** Inodes of the sockets in state LISTEN (0A) on `port`, in the text of /proc/net/tcp. */
export function listeningSockets(text: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const line = new RegExp(`^ *\\d+: [0-9A-F]+:${hex} \\S+ 0A(?: +\\S+){5} +(\\d+)`, "gm");
  return [...text.matchAll(line)].map(([, inode]) => inode!);
}

/** Ids of the processes in the group of `pid`, in joined texts of /proc/PID/stat. */
export function groupMembers(text: string, pid: number): number[] {
  const processes = [...text.matchAll(/^(\d+) \(.*\) \S \d+ (\d+) /gm)]
    .map(([, id, group]) => ({ id: Number(id), group: Number(group) }));
  const group = processes.find(({ id }) => id === pid)?.group;
  return processes.filter((each) => each.group === group).map(({ id }) => id);
}

/** Deno itself reads /proc only with every permission granted. */
async function shell(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script], stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout);
}
