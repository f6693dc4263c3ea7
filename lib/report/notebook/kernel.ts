/**
 * A Deno Jupyter kernel as a value: start it, execute code, collect every output, end it.
 *
 * The kernel says "idle" before it has sent a cell's outputs, so "idle" is not the end of a cell.
 * After each cell a silent request broadcasts a mark; the kernel sends in order, hence all that
 * comes before the mark belongs to the cell and nothing is lost.
 */
import { randomUUID } from "node:crypto";
import { orNullAfter } from "./deadline.ts";
import { MARK, markCode, PRELUDE } from "./kernel_code.ts";
import { type KernelProcess, spawnKernel } from "./kernel_process.ts";
import { decodeMessage, encodeRequest, type JupyterMessage } from "./kernel_wire.ts";
import { ZmtpSocket } from "./zmtp.ts";

const START_TIMEOUT_MS = 20_000;
const START_ATTEMPTS = 3;
const SHUTDOWN_GRACE_MS = 3_000;
const INTERRUPT_GRACE_MS = 1_000;

const OUTPUT_TYPES = [
  "stream",
  "display_data",
  "update_display_data",
  "execute_result",
  "error",
  "clear_output",
] as const;

export interface KernelOutput {
  type: typeof OUTPUT_TYPES[number];
  content: Record<string, unknown>;
}

export interface Execution {
  status: "ok" | "error";
  /** What the reply says when the status is "error"; the syntax error of a cell is not in it. */
  errorText: string;
  outputs: KernelOutput[];
}

export interface KernelOptions {
  /** The folder that the code runs in: the notebook's own. */
  cwd: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
}

/** Starts a kernel and waits until it answers. Throws with the kernel's own words when it does not. */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  for (let attempt = 1;; attempt++) {
    const process = await spawnKernel(options.cwd, options.env ?? {});
    try {
      return await Kernel.connect(process);
    } catch (error) {
      await process.kill(0);
      // Another program can take a port between our choice and the kernel's bind.
      if (attempt === START_ATTEMPTS) {
        throw new Error(
          `no Deno kernel started in ${options.cwd}: ${(error as Error).message}`,
        );
      }
    }
  }
}

export class Kernel implements AsyncDisposable {
  private outputs: KernelOutput[] = [];
  private readonly replies = new Map<string, (message: JupyterMessage) => void>();
  private readonly marks = new Map<string, () => void>();
  private readonly pumps: Promise<void>[];
  private isOpen = true;

  private constructor(
    private readonly process: KernelProcess,
    private readonly shell: ZmtpSocket,
    private readonly iopub: ZmtpSocket,
    private readonly control: ZmtpSocket,
  ) {
    this.pumps = [
      this.pump(shell, (message) => this.replies.get(message.parentId)?.(message)),
      this.pump(iopub, (message) => this.takeOutput(message)),
    ];
  }

  /** For `startKernel` only. */
  static async connect(process: KernelProcess): Promise<Kernel> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    const { shell, iopub, control } = process.address;
    const sockets = [
      await connectUntil(deadline, process, shell, "DEALER"),
      await connectUntil(deadline, process, iopub, "SUB"),
      await connectUntil(deadline, process, control, "DEALER"),
    ] as const;
    const kernel = new Kernel(process, ...sockets);
    // A subscription takes effect some time after it is sent: repeat the mark until one is seen.
    while (!await kernel.sendMark(200)) {
      if (performance.now() > deadline) throw new Error(`no answer in ${START_TIMEOUT_MS} ms`);
    }
    await kernel.request("execute_request", silently(PRELUDE));
    return kernel;
  }

  get pid(): number {
    return this.process.pid;
  }

  /**
   * Runs one cell and returns all its outputs. Takes one call at a time. Past `timeoutMs` the
   * kernel is interrupted, then killed, and this throws, as it does when the kernel dies.
   */
  async execute(code: string, timeoutMs: number): Promise<Execution> {
    this.outputs = [];
    const reply = await orNullAfter(timeoutMs, this.executeAndMark(code));
    if (reply === null) {
      await this.end(() => this.process.kill(INTERRUPT_GRACE_MS));
      throw new Error(`not finished after ${timeoutMs / 1000} s; the kernel was stopped`);
    }
    return reply;
  }

  /** Asks the kernel to end, and kills it when it does not. */
  async shutdown(): Promise<void> {
    await this.end(async () => {
      const { frames } = encodeRequest(this.process.address.key, "shutdown_request", {
        restart: false,
      });
      await this.control.send(frames).catch(() => {});
      if (!await this.process.ended(SHUTDOWN_GRACE_MS)) await this.process.kill(0);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  private async end(stop: () => Promise<void>): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await stop();
    for (const socket of [this.shell, this.iopub, this.control]) socket.close();
    await Promise.all(this.pumps);
  }

  private async executeAndMark(code: string): Promise<Execution> {
    const { content } = await this.request("execute_request", {
      ...silently(code),
      silent: false,
      store_history: true,
    });
    await this.sendMark(null);
    const status = content["status"] === "ok" ? "ok" : "error";
    const errorText = [content["ename"], content["evalue"]].filter(Boolean).join(": ");
    return { status, errorText, outputs: this.outputs };
  }

  /** True once a mark has come back on the output channel; false when `timeoutMs` is over first. */
  private async sendMark(timeoutMs: number | null): Promise<boolean> {
    const mark = randomUUID();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.marks.set(mark, () => resolve(true));
    await this.request("execute_request", silently(markCode(mark)));
    const seen = this.orCrash(promise);
    return timeoutMs === null ? await seen : await orNullAfter(timeoutMs, seen) ?? false;
  }

  private async request(type: string, content: Record<string, unknown>): Promise<JupyterMessage> {
    const { id, frames } = encodeRequest(this.process.address.key, type, content);
    const { promise, resolve } = Promise.withResolvers<JupyterMessage>();
    this.replies.set(id, resolve);
    try {
      return await this.orCrash(this.shell.send(frames).then(() => promise));
    } finally {
      this.replies.delete(id);
    }
  }

  /** The value, or an error that tells how the kernel ended before there was one. */
  private orCrash<T>(value: Promise<T>): Promise<T> {
    const crash = this.process.status.then((status): never => {
      throw endedError(this.process, status);
    });
    return Promise.race([value, crash]);
  }

  private takeOutput({ type, content }: JupyterMessage): void {
    if (type === MARK) {
      const mark = String(content["mark"]);
      const stray = content["stray"] as Record<string, unknown>[];
      this.outputs.push(...stray.map((error) => ({ type: "error" as const, content: error })));
      this.marks.get(mark)?.();
      this.marks.delete(mark);
    } else if ((OUTPUT_TYPES as readonly string[]).includes(type)) {
      this.outputs.push({ type: type as KernelOutput["type"], content });
    }
  }

  private async pump(socket: ZmtpSocket, take: (message: JupyterMessage) => void): Promise<void> {
    while (true) {
      const frames = await socket.receive();
      if (frames === null) return;
      take(decodeMessage(this.process.address.key, frames));
    }
  }
}

function silently(code: string): Record<string, unknown> {
  return {
    code,
    silent: true,
    store_history: false,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: false,
  };
}

function endedError(process: KernelProcess, status: Deno.CommandStatus): Error {
  const how = status.signal ? `by ${status.signal}` : `with exit code ${status.code}`;
  return new Error(`the kernel ended ${how}. Its last words: ${process.log() || "none"}`);
}

async function connectUntil(
  deadline: number,
  process: KernelProcess,
  port: number,
  kind: "DEALER" | "SUB",
): Promise<ZmtpSocket> {
  while (true) {
    try {
      return await ZmtpSocket.connect(port, kind);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    if (await process.ended(25)) throw endedError(process, await process.status);
    if (performance.now() > deadline) {
      throw new Error(`port ${port} was not open after ${START_TIMEOUT_MS} ms`);
    }
  }
}
