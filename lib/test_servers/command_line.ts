/** Runs a task's command line as a process of its own, with the permissions that deno.json gives it. */
import { dirname, join } from "node:path";

/** The project's folder, in which the commands run. */
export const PROJECT = dirname(dirname(import.meta.dirname!));

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Started {
  pid: number;
  kill(signal: Deno.Signal): void;
  ended: Promise<Ended>;
}

/** Starts e.g. `bench --dry-run`, by way of `prefix`. `env` is added to the environment. */
export function start(
  args: string[],
  env: Record<string, string> = {},
  prefix: string[] = [],
): Started {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(PROJECT, "deno.json")));
  const [deno, ...words] = tasks[args[0]!].split(" ") as [string, ...string[]];
  if (deno !== "deno") throw new Error(`deno.json: task ${args[0]} does not start with deno`);
  const [program, ...rest] = [...prefix, Deno.execPath(), ...words, ...args.slice(1)];
  const child = new Deno.Command(program!, {
    args: rest,
    cwd: PROJECT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output().then(({ code, stdout, stderr }) => {
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  });
  return { pid: child.pid, kill: (signal) => child.kill(signal), ended };
}

/** Runs it to its end. */
export function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return start(args, env).ended;
}
