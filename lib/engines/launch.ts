/** Starts one server and waits until it really answers. */
import type { Config } from "@/config/schema.ts";
import { engineOf } from "./kinds.ts";
import { freePort } from "./port.ts";
import { NeverReady, waitUntilReady } from "./ready.ts";
import { startProcess, type SupervisedProcess } from "./supervised_process.ts";

export interface LaunchOptions {
  config: Config;
  entry: string;
  /** Core list for the server; null leaves it on all cores. */
  cores: string | null;
  /** File for the server's output. */
  log: string;
  signal: AbortSignal;
}

/** A ready server. */
export interface Server {
  baseUrl: string;
  /** The model name that requests carry. */
  model: string;
  pid: number | null;
  argv: string[];
  /** From the start of the process to its first completion; null for an external server. */
  ready_s: number | null;
  /** Settles with how the process ended; never for an external server. */
  exited: Promise<string>;
  /** Stops the server and waits until nothing of it is left. */
  stop(): Promise<string>;
}

/** Seconds that a server gets between the polite signal and the kill. */
const GRACE_S = 10;
/** An external server runs already, or it does not; it gets no longer than this to answer. */
const EXTERNAL_TIMEOUT_S = 3;

/** A server that did not become ready; nothing of it is left running. */
export class LaunchError extends Error {
  constructor(message: string, readonly exit: string | null, readonly argv: string[]) {
    super(message);
    this.name = "LaunchError";
  }
}

/** Launches the entry's server. Throws `LaunchError` with the cause and the end of its log. */
export async function launch(options: LaunchOptions): Promise<Server> {
  const entry = options.config.engines[options.entry]!;
  const engine = engineOf(entry.kind);
  const started = performance.now();
  const port = entry.kind === "external" ? 0 : freePort(entry.port);
  const command = engine.command(entry, options.config, port);
  const baseUrl = engine.baseUrl(entry, port);
  if (command === null) return await connect(options, baseUrl);

  const process = await startProcess(command, { ...options, grace_s: GRACE_S });
  try {
    const timeout_s = options.config.benchmark.start_timeout_s;
    await readyOrExited(options, baseUrl, process, timeout_s);
  } catch (error) {
    const exit = await process.stop();
    if (options.signal.aborted) throw error;
    throw new LaunchError(`${(error as Error).message}${logTail(options.log)}`, exit, command.argv);
  }
  const ready_s = (performance.now() - started) / 1000;
  const model = engine.model(entry, options.config);
  return { baseUrl, model, argv: command.argv, ready_s, ...process };
}

async function connect(options: LaunchOptions, baseUrl: string): Promise<Server> {
  const entry = options.config.engines[options.entry]!;
  const timeout_s = Math.min(EXTERNAL_TIMEOUT_S, options.config.benchmark.start_timeout_s);
  const question = { ...options, entry, engine: engineOf(entry.kind), baseUrl, timeout_s };
  try {
    await waitUntilReady(question);
  } catch (error) {
    if (options.signal.aborted) throw error;
    const { message } = error as Error;
    if (error instanceof NeverReady) throw new LaunchError(message, null, []);
    const hint = "is the server up, and is base_url its API root (it ends in /v1 as a rule)?";
    throw new LaunchError(`${baseUrl}: ${message}; ${hint}`, null, []);
  }
  const stop = () => Promise.resolve("left running, it is not ours");
  const never = new Promise<string>(() => {});
  const model = engineOf(entry.kind).model(entry, options.config);
  return { baseUrl, model, pid: null, argv: [], ready_s: null, exited: never, stop };
}

/** Ready, or an error as soon as the process has ended. */
async function readyOrExited(
  options: LaunchOptions,
  baseUrl: string,
  process: SupervisedProcess,
  timeout_s: number,
): Promise<void> {
  const entry = options.config.engines[options.entry]!;
  const ended = new AbortController();
  const exited = process.exited.then((how) => {
    const error = new Error(`the server ended before it was ready (${how})`);
    ended.abort(error);
    throw error;
  });
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const question = { ...options, entry, engine: engineOf(entry.kind), baseUrl, timeout_s, signal };
  const ready = waitUntilReady(question);
  ready.catch(() => {});
  exited.catch(() => {});
  await Promise.race([ready, exited]);
}

/** The last lines of a log, indented under what went wrong. */
export function logTail(path: string, lines = 12): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path).trimEnd();
  } catch {
    return "";
  }
  if (text === "") return `\n  its log ${path} is empty`;
  const tail = text.split("\n").slice(-lines).map((line) => `  | ${line}`);
  return `\n  end of ${path}:\n${tail.join("\n")}`;
}
