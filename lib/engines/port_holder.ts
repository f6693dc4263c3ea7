/** Who listens on a port of 127.0.0.1, as Linux tells it. */

export interface Holder {
  pid: number;
  /** Id of its process group. */
  group: number;
  /** The beginning of its command line; what follows the first flag may hold a secret. */
  command: string;
}

/** A holder of which Linux tells nothing, since another user runs it. */
const UNKNOWN: Holder = { pid: 0, group: 0, command: "a process of another user" };

/** The processes to which connections to 127.0.0.1:`port` go; empty where nobody listens. */
export function holdersOf(port: number): Holder[] {
  const listening = () => listeningInodes(shell("cat /proc/net/tcp /proc/net/tcp6"), port);
  const inodes = listening();
  if (inodes.length === 0) return [];
  const pids = pidsWith(shell("ls -l /proc/[0-9]*/fd"), inodes);
  const holders = pids.map(holder).filter((found) => found !== null);
  const hidden = holders.length === 0 && listening().some((inode) => inodes.includes(inode));
  return hidden ? [UNKNOWN] : holders;
}

/** Holds the port of a launch to be its server's own. */
export interface PortGuard {
  /** What is wrong, once it was seen, as a sentence that says what to do. */
  stranger: string | null;
  /** Looks whom the port belongs to, until it was found to be the server; gives `stranger`. */
  look(): string | null;
}

/** For the server whose process is `pid`; what is in its process group belongs to it. */
export function portGuard(port: number, pid: number): PortGuard {
  let known = false;
  return {
    stranger: null,
    look() {
      if (known) return null;
      const group = holder(pid)?.group;
      const holders = holdersOf(port);
      // A server that has just ended is told of by whoever waits for its end.
      if (group === undefined || holders.length === 0) return null;
      const strangers = holders.filter((one) => one.group !== group);
      known = strangers.length === 0;
      this.stranger = known ? null : strangerText(port, strangers);
      return this.stranger;
    },
  };
}

function strangerText(port: number, strangers: readonly Holder[]): string {
  return `port ${port} on 127.0.0.1 is in use by ${strangers.map(holderText).join(" and ")}, ` +
    "which listens there instead of the server that was started; stop it or set another `port` " +
    "for this entry (a server that runs already is measured as `kind: external`)";
}

/** E.g. `python3 -m http.server 8000 (pid 4711)`. */
export function holderText({ pid, command }: Holder): string {
  return pid === 0 ? command : `${command} (pid ${pid})`;
}

/** As /proc/net/tcp writes them: 127.0.0.1, the same in IPv6, and every address. */
const LOOPBACK = /^(0100007F|0000000000000000FFFF00000100007F)$/;
const ANY = /^(00000000|0{32})$/;

/** Inodes of the sockets that listen; one for 127.0.0.1 itself goes before one for every address. */
export function listeningInodes(tables: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const sockets = tables.split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local?.endsWith(`:${hex}`))
    .map((fields) => ({ address: fields[1]!.split(":")[0]!, inode: fields[9]! }));
  const exact = sockets.filter(({ address }) => LOOPBACK.test(address));
  const meant = exact.length > 0 ? exact : sockets.filter(({ address }) => ANY.test(address));
  return meant.map(({ inode }) => inode);
}

/** Ids of the processes that hold one of the sockets, from `ls -l` of their descriptors' folders. */
export function pidsWith(listing: string, inodes: readonly string[]): number[] {
  return listing.split(/^(?=\/proc\/)/m)
    .filter((part) => inodes.some((inode) => part.includes(`socket:[${inode}]`)))
    .map((part) => Number(part.match(/^\/proc\/(\d+)\/fd:/)?.[1]))
    .filter(Number.isInteger);
}

function holder(pid: number): Holder | null {
  const found = shell(`cat /proc/${pid}/stat /proc/${pid}/cmdline`)
    .match(/^\d+ \((.*)\) \S \d+ (\d+) [^\n]*\n?([^]*)$/);
  if (!found) return null;
  return { pid, group: Number(found[2]), command: beginning(found[3]!) || found[1]! };
}

/** At most four words of a command line, up to the first that begins with two dashes. */
export function beginning(commandLine: string): string {
  const words = commandLine.split("\0").filter(Boolean).slice(0, 4);
  const flag = words.findIndex((word) => word.startsWith("--"));
  return words.slice(0, flag < 0 ? words.length : flag).join(" ");
}

/** Deno reads /proc only with every permission granted; a shell needs just the right to run it. */
function shell(line: string): string {
  const { stdout } = new Deno.Command("sh", { args: ["-c", line], stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout);
}
