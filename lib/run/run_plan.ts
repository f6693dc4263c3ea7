/** Runs a whole plan: for each launch start the server, run its trials, stop it. */
import type { AccuracySet } from "@/config/accuracy_items.ts";
import type { Plan, PlannedLaunch, PlannedTrial } from "@/config/plan.ts";
import { usesGpu } from "@/engines/engine.ts";
import { launch, LaunchError, type Server, type Startup } from "@/engines/launch.ts";
import { coresOfTree, type SeenCores } from "@/engines/process_cores.ts";
import { maskedArgv } from "@/engines/secrets.ts";
import type { StartupState } from "@/engines/startup_watch.ts";
import { contentSeen } from "@/records/startup_record.ts";
import type { LaunchRecord, TrialRecord } from "@/records/trial_record.ts";
import { askAccuracyItems } from "./accuracy_items_asked.ts";
import type { GpuGuard } from "./gpu_guard.ts";
import { type LaunchTelemetry, startTelemetry } from "./launch_telemetry.ts";
import { launchParity, parityText } from "./launch_parity.ts";
import { portablePaths } from "./portable_paths.ts";
import { probeContent } from "./content_probe.ts";
import { runTrial, type TrialContext, trialLabel } from "./run_trial.ts";
import { type RunJudge, studyLaunches } from "./study_launches.ts";
import { type ServerDied, type WarmServer, warmServer } from "./warm_server.ts";

export interface RunContext extends TrialContext {
  /** Core list for the servers; null leaves them on all cores. */
  server_cores: string | null;
  /** Null where no entry uses a GPU, or there is none. */
  gpu?: GpuGuard | null;
  /** Asked of each entry once; absent or null where the study does not want it. */
  accuracy?: AccuracySet | null;
  /** Without one the whole plan is run and nothing is repeated. */
  judge?: RunJudge;
}

export interface RunResult {
  /** Trials that sent all their requests and had at least one answered. */
  finished: number;
  /** Launches and trials that failed, a sentence each. */
  failures: string[];
  interrupted: boolean;
}

/** A launch and its trials, which may depend on what came of those before: they are asked for one by one. */
export interface LaunchTrials {
  planned: PlannedLaunch;
  trials: Iterable<PlannedTrial>;
  /** Ends this launch when it aborts, and not the run; what was measured until then stays. */
  until?: AbortSignal;
  /** Called when a trial's data are stored, before the next trial is asked for. */
  ended?(trial: PlannedTrial, record: TrialRecord): void;
}

/** Runs `plan` as `studyLaunches` goes through it. */
export async function runPlan(plan: Plan, context: RunContext): Promise<RunResult> {
  const { arrivals = {} } = plan;
  return await runLaunches(studyLaunches(plan, context), { ...context, arrivals });
}

/**
 * Runs launches in their order. A launch or a trial that fails is recorded and the run goes on with the
 * next; once a server has died, the other trials of its launch fail at once. An aborted
 * signal stops the server, keeps the data and ends the run.
 */
export async function runLaunches(
  launches: Iterable<LaunchTrials>,
  context: RunContext,
): Promise<RunResult> {
  const { journal } = context.folder;
  const accuracyAsked = new Set<string>();
  const result: RunResult = { finished: 0, failures: [], interrupted: false };
  journal.append({ type: "run", state: "started", at: new Date().toISOString() });
  for (const each of launches) {
    if (context.signal.aborted) break;
    const { until } = each;
    const signal = AbortSignal.any([context.signal, ...(until === undefined ? [] : [until])]);
    await runLaunch(each, { ...context, signal, accuracyAsked }, result);
  }
  result.interrupted = context.signal.aborted;
  const state = result.interrupted ? "interrupted" : "finished";
  journal.append({ type: "run", state, at: new Date().toISOString() });
  journal.sync();
  return result;
}

/** What one run knows besides what it was given. */
interface LaunchContext extends RunContext {
  /** The entries that have answered the accuracy items. */
  accuracyAsked: Set<string>;
}

async function runLaunch(launched: LaunchTrials, context: LaunchContext, result: RunResult) {
  const { planned, trials, ended } = launched;
  const { config, folder, progress, signal, server_cores: cores } = context;
  const { launch_id, entry } = planned;
  const log = folder.logPath(launch_id);
  const record = launchRecord(planned, context);
  const journal = () => folder.journal.append({ type: "launch", ...record });
  progress.say(`block ${planned.block} · ${entry}: starting`);
  const onStartup = (state: StartupState) =>
    progress.starting(`block ${planned.block} · ${entry}`, state);
  let server: Server;
  let telemetry: LaunchTelemetry | null = null;
  const guard = usesGpu(config.engines[entry]!) ? context.gpu ?? null : null;
  try {
    const occupied = await guard?.untilEmpty(signal) ?? null;
    if (occupied !== null) throw occupiedGpu(occupied);
    telemetry = await startTelemetry(launch_id, entry, context);
    server = await launch({ config, entry, log, cores, signal, onStartup });
  } catch (error) {
    const seen = error as Partial<LaunchError> & Error;
    const { message, exit = null, failure = null, argv = [], startup = {} } = seen;
    Object.assign(record, { outcome: "failed", error: portablePaths(message), exit, failure });
    Object.assign(record, recordedStart(argv, startup));
    if (telemetry !== null) record.telemetry = await telemetry.stop();
    journal();
    if (signal.aborted) return;
    result.failures.push(`${entry}, block ${planned.block}: ${message}`);
    return progress.say(`block ${planned.block} · ${entry}: did not start: ${message}`);
  }
  const { pid, ready_s, simulated, baseUrl: base_url } = server;
  Object.assign(record, { outcome: "ready", pid, ready_s, simulated, base_url });
  if (server.stand_in !== undefined) record.stand_in = server.stand_in;
  if ((server.replicas ?? []).length > 1) record.replicas = server.replicas!;
  Object.assign(record, recordedStart(server.argv, server.startup));
  const seen = await seenCores(server, cores);
  if (seen !== null) record.server_cores = seen;
  journal();
  const warm = warmServer(server, telemetry.watchServer(server));
  try {
    const parity = await launchParity(config, entry, server.baseUrl, log);
    if (parity !== null) {
      record.parity = parity;
      folder.achieved(launch_id, parity);
    }
    const unlike = parity === null ? null : parityText(parity);
    if (unlike !== null) progress.say(`block ${planned.block} · ${entry}: ${unlike}`);
    const probe = await probeContent(entry, warm, config, signal);
    if (probe !== null) record.content_probe = probe;
    journal();
    if (probe?.verdict === "SUSPECT") {
      progress.say(`block ${planned.block} · ${entry}: SUSPECT, ${contentSeen(probe)}`);
    }
    await askAccuracyOnce(planned, warm, context);
    for (const trial of trials) {
      if (signal.aborted) break;
      const seen = await runTrial(trial, warm, context);
      ended?.(trial, seen);
      report(trial, seen, context, result);
    }
  } finally {
    const death = warm.died.aborted ? warm.died.reason as Partial<ServerDied> & Error : null;
    record.exit = await server.stop();
    if (guard !== null) {
      // Also after an interrupt, since whoever comes next wants an empty card.
      record.left_on_gpu = await guard.untilEmpty(new AbortController().signal);
      if (record.left_on_gpu !== null) result.failures.push(`${entry}: ${record.left_on_gpu}`);
    }
    record.telemetry = await telemetry.stop();
    record.outcome = death === null ? "stopped" : "died";
    record.error = death?.message ?? null;
    record.failure = death?.failure ?? null;
    journal();
  }
}

/** Whether pinning took; null where none was asked, or the server is no child of ours. */
async function seenCores(
  { pid, container }: Server,
  asked: string | null,
): Promise<SeenCores | null> {
  if (asked === null || pid === null || container === true) return null;
  return { asked, seen: await coresOfTree(pid) };
}

/** Asks the items at the first launch of an entry that gets so far. */
async function askAccuracyOnce(planned: PlannedLaunch, warm: WarmServer, context: LaunchContext) {
  const { config, folder, progress, signal, accuracy = null, accuracyAsked: asked } = context;
  const { entry, launch_id, block } = planned;
  if (accuracy === null || asked.has(entry)) return;
  progress.say(`block ${block} · ${entry}: ${accuracy.items.length} accuracy items`);
  const record = await askAccuracyItems({ entry, launch_id }, warm, config, accuracy, signal);
  if (record === null) return;
  asked.add(entry);
  folder.journal.append({ type: "accuracy", ...record });
  const right = record.answers.filter((answer) => answer.right).length;
  progress.say(`block ${block} · ${entry}: ${right} of ${record.answers.length} right`);
}

/** Refuses the launch; what was measured until now stays. */
function occupiedGpu(left: string): LaunchError {
  const message = `not launched, since the GPU is not empty: ${left}`;
  return new LaunchError({ message, failure: "gpu_busy" }, null, []);
}

function launchRecord(planned: PlannedLaunch, { config }: RunContext): LaunchRecord {
  const { kind } = config.engines[planned.entry]!;
  const { launch_id, entry, block } = planned;
  return {
    launch_id,
    entry,
    kind,
    simulated: kind === "simulated",
    block,
    outcome: "failed",
    started_at: new Date().toISOString(),
    ready_s: null,
    pid: null,
    argv: [],
    base_url: "",
    log: kind === "external" ? null : `logs/${launch_id}.log`,
    exit: null,
    error: null,
    failure: null,
  };
}

/** The command line and the start as they may be shared: without secrets and this machine's folders. */
function recordedStart(argv: readonly string[], startup: Startup): Partial<LaunchRecord> {
  const { environment, ...told } = startup;
  const portable = (variables: Record<string, string>) =>
    Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, portablePaths(v)]));
  return {
    argv: maskedArgv(argv).map(portablePaths),
    ...told,
    ...(environment === undefined ? {} : {
      environment: {
        added: portable(environment.added),
        inherited: portable(environment.inherited),
      },
    }),
  };
}

function report(
  trial: PlannedTrial,
  { outcome, error }: TrialRecord,
  { progress }: RunContext,
  result: RunResult,
): void {
  const label = trialLabel(trial);
  if (outcome === "finished") {
    result.finished++;
    return progress.finishTrial(`${label}: ${trial.requests} requests`);
  }
  progress.finishTrial(`${label}: ${error === outcome ? outcome : `${outcome}: ${error}`}`);
  if (outcome === "failed") result.failures.push(`${label}: ${error}`);
}
