/** The `deno jupyter` process itself: started in a group of its own, watched, and surely ended. */
import { randomUUID } from "node:crypto";
import { orNullAfter } from "./deadline.ts";

const LOG_CHARACTERS_KEPT = 4000;
const LOG_END_GRACE_MS = 200;

export interface KernelAddress {
  shell: number;
  iopub: number;
  control: number;
  /** Key of the message signatures. */
  key: string;
}

export interface KernelProcess {
  pid: number;
  address: KernelAddress;
  /** Settles when the process has ended; never rejects. */
  status: Promise<Deno.CommandStatus>;
  /** The last lines that the process wrote to its terminal. */
  log(): string;
  /** SIGINT to the kernel and what it started, then, `graceMs` later, SIGKILL. Waits for the end. */
  kill(graceMs: number): Promise<void>;
  /** Waits for the end for `timeoutMs`; true when the process ended in that time. */
  ended(timeoutMs: number): Promise<boolean>;
}

/** Starts `deno jupyter` in the folder `cwd`. `env` is added to this process's own environment. */
export async function spawnKernel(
  cwd: string,
  env: Record<string, string>,
): Promise<KernelProcess> {
  const folder = await Deno.makeTempDir({ prefix: "kernel-" });
  const file = `${folder}/connection.json`;
  const address = await writeConnectionFile(file);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const log = new LogTail([child.stdout, child.stderr]);
  const status = child.status.then(async (status) => {
    killGroup(child.pid, "SIGKILL");
    await log.close();
    await child.stdin.close().catch(() => {});
    await Deno.remove(folder, { recursive: true });
    return status;
  });
  const ended = async (timeoutMs: number) => await orNullAfter(timeoutMs, status) !== null;
  return {
    pid: child.pid,
    address,
    status,
    log: () => log.text.replace(/^Warning "deno jupyter" is unstable.*$/m, "").trim(),
    ended,
    async kill(graceMs) {
      killGroup(child.pid, "SIGINT");
      if (!await ended(graceMs)) killGroup(child.pid, "SIGKILL");
      await status;
    },
  };
}

/** Picks five free ports and writes them where the kernel reads them. */
async function writeConnectionFile(file: string): Promise<KernelAddress> {
  const [shell, iopub, control, stdin, heartbeat] = freePorts(5) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const key = randomUUID();
  const connection = {
    ip: "127.0.0.1",
    transport: "tcp",
    shell_port: shell,
    iopub_port: iopub,
    control_port: control,
    stdin_port: stdin,
    hb_port: heartbeat,
    key,
    signature_scheme: "hmac-sha256",
  };
  await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
  return { shell, iopub, control, key };
}

function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  return listeners.map((listener) => {
    listener.close();
    return listener.addr.port;
  });
}

/** A negative process id names the group: child processes that a cell started end too. */
function killGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    const isGone = error instanceof Deno.errors.NotFound ||
      (error as { code?: string }).code === "ESRCH";
    if (!isGone) throw error;
  }
}

/** Drains pipes and keeps the end of what came; an unread pipe would block the kernel. */
class LogTail {
  text = "";
  private readonly readers: ReadableStreamDefaultReader<Uint8Array>[];
  private readonly pumps: Promise<void>[];

  constructor(streams: ReadableStream<Uint8Array>[]) {
    this.readers = streams.map((stream) => stream.getReader());
    this.pumps = this.readers.map((reader) => this.pump(reader));
  }

  /** A process that left the kernel's group may hold the pipe open: do not wait for its end. */
  async close(): Promise<void> {
    await orNullAfter(LOG_END_GRACE_MS, Promise.all(this.pumps));
    await Promise.all(this.readers.map((reader) => reader.cancel()));
    await Promise.all(this.pumps);
  }

  private async pump(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      this.text = (this.text + decoder.decode(value, { stream: true })).slice(-LOG_CHARACTERS_KEPT);
    }
  }
}
