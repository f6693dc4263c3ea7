/** Starts one server and waits until it really answers. */
import type { Config, EngineKind } from "@/config/schema.ts";
import type { FailureClass } from "@/records/trial_record.ts";
import type { PhaseTime, RecordedEnvironment, ToldAtStart } from "@/records/startup_record.ts";
import { recordedEnvironment } from "./environment.ts";
import { type Explained, explainFailure } from "./explain_failure.ts";
import { classify } from "./failure_class.ts";
import type { Command } from "./engine.ts";
import { engineOf } from "./kinds.ts";
import { logTail } from "./log_text.ts";
import { watchOomKills } from "./oom_kills.ts";
import { freePort } from "./port.ts";
import { type PortGuard, portGuard } from "./port_holder.ts";
import { NeverReady, waitUntilReady } from "./ready.ts";
import { writeFiles } from "./options_file.ts";
import { type StartupState, watchStartup, whileIn } from "./startup_watch.ts";
import { masked, secretsOf } from "./secrets.ts";
import { startProcess, type SupervisedProcess } from "./supervised_process.ts";
import { proxyNote } from "./trust.ts";

export interface LaunchOptions {
  config: Config;
  entry: string;
  /** Core list for the server; null leaves it on all cores. */
  cores: string | null;
  /** File for the server's output. */
  log: string;
  signal: AbortSignal;
  /** Told several times a second what the server is busy with until it is ready. */
  onStartup?: (state: StartupState) => void;
}

/** What is known of a start, ready or not; of an external server nothing. */
export interface Startup {
  phases?: PhaseTime[];
  told?: ToldAtStart;
  environment?: RecordedEnvironment;
}

/** A ready server. */
export interface Server {
  baseUrl: string;
  /** The roots of all replicas behind it, `baseUrl` first; absent where there is one server. */
  replicas?: string[];
  /** The model name that requests carry. */
  model: string;
  pid: number | null;
  /** The process is only the client of a container engine, which keeps the server where it is told. */
  container?: boolean;
  argv: string[];
  /** No real engine: of the simulated kind, or a program that says that it only stands in for one. */
  simulated: boolean;
  /** How such a program calls itself, e.g. `stand-in for vLLM 0.33.0`; absent of others. */
  stand_in?: string;
  /** From the start of the process to its first completion; null for an external server. */
  ready_s: number | null;
  startup: Startup;
  /** Settles with how the process ended; never for an external server. */
  exited: Promise<string>;
  /** Why it ended by itself, from what was noticed, how it ended and its log. */
  explain(noticed: string, exit: string): Explained;
  /** Stops the server and waits until nothing of it is left. */
  stop(): Promise<string>;
}

/** Seconds that a server gets between the polite signal and the kill. */
const GRACE_S = 20;
/** An external server runs already, or it does not: it is asked again for this long, each answer may take its time. */
const EXTERNAL_RETRY_S = 3;

/** A server that did not become ready; nothing of it is left running. */
export class LaunchError extends Error {
  readonly failure: FailureClass | null;

  constructor(
    explained: Explained,
    readonly exit: string | null,
    readonly argv: string[],
    readonly startup: Startup = {},
  ) {
    super(explained.message);
    this.name = "LaunchError";
    this.failure = explained.failure;
  }
}

/** Launches the entry's server. Throws `LaunchError` with the cause and the end of its log. */
export async function launch(options: LaunchOptions): Promise<Server> {
  const entry = options.config.engines[options.entry]!;
  const engine = engineOf(entry.kind);
  const started = performance.now();
  const port = entry.kind === "external" ? 0 : portFor(entry);
  const command = commandOf(options, port);
  const baseUrl = engine.baseUrl(entry, port);
  if (command === null) return await connect(options, baseUrl);

  const environment = recordedEnvironment(command.env ?? {});
  writeFiles(command);
  const oomKills = watchOomKills();
  const process = await startProcess(command, { ...options, grace_s: GRACE_S });
  const elapsed_s = () => (performance.now() - started) / 1000;
  const watch = watchStartup(entry.kind, options.log, elapsed_s, options.onStartup);
  const explain = (noticed: string, exit: string | null) =>
    explainFailure(entry.kind, noticed, exit, options.log, oomKills());
  // What listens for a container is the container engine.
  const guard = command.container === undefined ? portGuard(port, process.pid) : undefined;
  let ended: string | null = null;
  process.exited.then((how) => ended = how, () => {});
  let ready_s: number;
  try {
    const timeout_s = options.config.benchmark.start_timeout_s;
    await readyOrExited(options, baseUrl, process, timeout_s, guard);
    ready_s = elapsed_s();
  } catch (error) {
    const startup = { ...watch.end(elapsed_s()), environment };
    // Before it is stopped, which puts errors of its own into some engines' logs.
    const { message } = error as Error;
    const stranger = guard?.stranger ?? null;
    const explained: Explained = stranger === null
      ? explain(ended ? message : whileIn(message, startup.phases), ended)
      : { message: masked(`${stranger}${logTail(options.log)}`), failure: "port_in_use" };
    const exit = await process.stop();
    if (options.signal.aborted) throw error;
    throw new LaunchError(explained, exit, command.argv, startup);
  } finally {
    watch[Symbol.dispose]();
  }
  const startup = { ...watch.end(ready_s), environment };
  const model = engine.model(entry, options.config);
  const stand_in = standInTitle(options.log);
  const simulated = entry.kind === "simulated" || stand_in !== null;
  const container = command.container !== undefined;
  const told = {
    simulated,
    container,
    ready_s,
    startup,
    ...(stand_in === null ? {} : { stand_in }),
  };
  return { baseUrl, model, argv: command.argv, ...told, explain, ...process };
}

/** The engine's command with the environment that the entry adds; null for a server that is not ours. */
function commandOf({ config, entry: name }: LaunchOptions, port: number): Command | null {
  const entry = config.engines[name]!;
  const command = engineOf(entry.kind).command(entry, config, port);
  if (command === null || entry.kind === "external") return command;
  // It stands among the arguments already: what the client is given does not reach the container.
  if (command.container !== undefined) return command;
  return { ...command, env: { ...command.env, ...entry.env } };
}

function portFor(entry: { kind: EngineKind; port?: number | undefined }): number {
  try {
    return freePort(entry.port);
  } catch (error) {
    const { message } = error as Error;
    const failure = classify(entry.kind, null, message)?.failure ?? null;
    throw new LaunchError({ message, failure }, null, []);
  }
}

async function connect(options: LaunchOptions, baseUrl: string): Promise<Server> {
  const entry = options.config.engines[options.entry]!;
  const timeout_s = options.config.benchmark.start_timeout_s;
  const engine = engineOf(entry.kind);
  const replicas = engine.replicas?.(entry) ?? [baseUrl];
  const limits = { timeout_s, retry_s: EXTERNAL_RETRY_S };
  for (const root of replicas) {
    try {
      await waitUntilReady({ ...options, entry, engine, baseUrl: root, ...limits });
    } catch (error) {
      if (options.signal.aborted) throw error;
      const message = masked(notReached(root, error as Error), secretsOf(entry));
      throw new LaunchError({ message, failure: null }, null, []);
    }
  }
  const explain = (message: string) => ({ message, failure: null });
  const stop = () => Promise.resolve("left running, it is not ours");
  const never = new Promise<string>(() => {});
  const model = engine.model(entry, options.config);
  return {
    baseUrl,
    replicas,
    model,
    pid: null,
    argv: [],
    ready_s: null,
    simulated: false,
    startup: {},
    exited: never,
    explain,
    stop,
  };
}

function notReached(root: string, error: Error): string {
  if (error instanceof NeverReady) return error.message;
  const hint = "is the server up, and is base_url its API root (it ends in /v1 as a rule)?";
  return `${root}: ${error.message}; ${hint}${proxyNote(root)}`;
}

/** How a program that only stands in for an engine calls itself in the first line of its log; else null. */
function standInTitle(log: string): string | null {
  try {
    return /^stand-in for [^:\n]+/.exec(Deno.readTextFileSync(log))?.[0] ?? null;
  } catch {
    return null;
  }
}

/** Ready, or an error as soon as the process has ended. */
async function readyOrExited(
  options: LaunchOptions,
  baseUrl: string,
  process: SupervisedProcess,
  timeout_s: number,
  guard: PortGuard | undefined,
): Promise<void> {
  const entry = options.config.engines[options.entry]!;
  const ended = new AbortController();
  const exited = process.exited.then((how) => {
    const error = new Error(`the server ended before it was ready (${how})`);
    ended.abort(error);
    throw error;
  });
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const engine = engineOf(entry.kind);
  const question = { ...options, entry, engine, baseUrl, timeout_s, signal };
  const ready = waitUntilReady({ ...question, guard });
  ready.catch(() => {});
  exited.catch(() => {});
  await Promise.race([ready, exited]);
}
