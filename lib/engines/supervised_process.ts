/** A server in a process group of its own that never outlives this program; see `supervise.sh`. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { pinned } from "./container.ts";
import type { Command } from "./engine.ts";

export interface SupervisedProcess {
  /** The server's own process id. */
  pid: number;
  /** Settles when the server has ended, with how: `exit 0`, `exit 139`, `killed after 10 s`. */
  exited: Promise<string>;
  /** Asks the server to end, kills its group if it does not, and waits until nothing is left. */
  stop(): Promise<string>;
}

export interface ProcessOptions {
  /** File that the server's output is appended to; cut when it outgrows its limit, see there. */
  log: string;
  log_limit_bytes?: number;
  /** Core list for `taskset`; null leaves the server on all cores. */
  cores: string | null;
  /** Seconds between the polite signal and the kill. */
  grace_s: number;
}

/** Enough for the log of a day's run; with the part before it a disk holds twice as much. */
const LOG_LIMIT_BYTES = 64 * 2 ** 20;

/** Starts `command`. Throws if the program cannot be started. */
export async function startProcess(
  command: Command,
  { log, log_limit_bytes = LOG_LIMIT_BYTES, cores, grace_s }: ProcessOptions,
): Promise<SupervisedProcess> {
  const argv = cores === null ? command.argv : pinned(command, cores);
  const { runtime, name } = command.container ?? { runtime: "", name: "" };
  const child = new Deno.Command(join(import.meta.dirname!, "supervise.sh"), {
    args: [String(grace_s), String(log_limit_bytes), log, runtime, name, ...argv],
    env: { ...environmentOf(command), ...command.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  const reports = readReports(child.stdout);
  const pid = await reports.pid;
  let stopping = false;
  const exited = Promise.all([reports.exit, child.status]).then(async ([code]) => {
    await groupGone(child.pid);
    if (code !== null) return `exit ${code}`;
    return stopping ? `killed after ${grace_s} s` : "killed together with its supervisor";
  });
  return {
    pid,
    exited,
    stop() {
      if (!stopping) child.stdin.close().catch(() => {});
      stopping = true;
      return exited;
    },
  };
}

/**
 * What activating its virtual environment would do for a program of one: the others of it are found,
 * as `ninja`, by which kernels are built at the start. Empty for all other programs.
 */
function environmentOf({ argv: [program] }: Command): Record<string, string> {
  const folder = dirname(program!);
  if (!existsSync(join(dirname(folder), "pyvenv.cfg"))) return {};
  return { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` };
}

/** The supervisor's two lines, each as soon as it comes; `exit` is null if it never does. */
function readReports(stdout: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const pid = Promise.withResolvers<number>();
  const exit = Promise.withResolvers<string | null>();
  (async () => {
    let seen = "";
    for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
      seen += text;
      const started = seen.match(/^pid (\d+)$/m);
      const ended = seen.match(/^exit (\d+)$/m);
      if (started) pid.resolve(Number(started[1]));
      if (ended) exit.resolve(ended[1]!);
    }
    pid.reject(new Error("the supervisor ended before it had started a server"));
    exit.resolve(null);
  })();
  return { pid: pid.promise, exit: exit.promise };
}

/** Waits until no process of group `group` is left; throws after 5 s, since the next launch would be disturbed. */
async function groupGone(group: number): Promise<void> {
  const deadline = Date.now() + 5000;
  while (await groupExists(group)) {
    if (Date.now() > deadline) {
      throw new Error(
        `processes of group ${group} are still there after a kill; see \`ps -eo pid,pgid,args\``,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Zombies do not count: where nobody reaps them they stay for good, and disturb nobody. */
async function groupExists(group: number): Promise<boolean> {
  // No `--` before the group: dash knows none.
  const args = ["-c", `kill -0 -${group} || exit 9; cat /proc/[0-9]*/stat`];
  const { code, stdout } = await new Deno.Command("sh", { args, stderr: "null" }).output();
  const processes = [
    ...new TextDecoder().decode(stdout).matchAll(/^\d+ \(.*\) (\S) \d+ (\d+) /gm),
  ];
  const living = processes.some(([, state, pgrp]) => Number(pgrp) === group && state !== "Z");
  return code !== 9 && (processes.length === 0 || living);
}
