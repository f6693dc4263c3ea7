/** A stand-in for `nvidia-smi` that says what a test wants, on the PATH for the time of the test. */
import { TempFolder, textOf } from "./processes.ts";
import { withEnv } from "./with_env.ts";

/** Fields as a driver of 2025 lists them, of which more are listed than are asked for. */
export const HELP = [
  "index",
  "name",
  "memory.used",
  "memory.total",
  "clocks.current.sm",
  "clocks.current.memory",
  "power.draw",
  "temperature.gpu",
  "utilization.gpu",
  "clocks_event_reasons.active",
].map((name) => `"${name}"\nWhat it is.\n`).join("\n");

export interface StandIn {
  /** Lines of CSV that the loop prints, at once. */
  loop?: string[];
  /** The loop ends with this code after its lines; by default it goes on until it is ended. */
  exit?: number;
  /** Compute processes, one CSV line each. */
  apps?: string[];
  /** Used MiB by GPU. */
  memory?: number[];
  help?: string;
}

/** Runs `body` with the stand-in as `nvidia-smi`; `set` changes what it says from then on. */
export async function withNvidiaSmi(
  first: StandIn,
  body: (standIn: { set(said: StandIn): void; asked(): string }) => Promise<void>,
): Promise<void> {
  using temp = new TempFolder();
  const set = ({ loop = [], exit, apps = [], memory = [0], help = HELP }: StandIn) => {
    temp.file("loop", loop.map((line) => `${line}\n`).join(""));
    temp.file("exit", exit === undefined ? "" : String(exit));
    temp.file("apps", apps.map((line) => `${line}\n`).join(""));
    temp.file("memory", memory.map((mib) => `${mib}\n`).join(""));
    temp.file("index", memory.map((_, gpu) => `${gpu}\n`).join(""));
    temp.file("help", help);
  };
  set(first);
  const path = temp.file("nvidia-smi", SCRIPT);
  Deno.chmodSync(path, 0o755);
  const PATH = `${temp.path}:${Deno.env.get("PATH")}`;
  await withEnv(
    { PATH },
    () => body({ set, asked: () => textOf(temp.file("asked")) }),
  );
}

const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >>"$here/asked"
case "$*" in
  *-lms*)
    cat "$here/loop"
    code=$(cat "$here/exit")
    [ -n "$code" ] && exit "$code"
    exec sleep 1000 ;;
  *--help-query-gpu*) cat "$here/help" ;;
  *--query-compute-apps*) cat "$here/apps" ;;
  *--query-gpu=memory.used*) cat "$here/memory" ;;
  *--query-gpu=index*) cat "$here/index" ;;
  *--query-gpu=name*) echo "Stand-in GPU" ;;
  *) exit 6 ;;
esac
`;
