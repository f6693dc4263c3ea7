/** One trial on one ready server: warm up, load, record. */
import process from "node:process";
import type { PlannedTrial } from "@/config/plan.ts";
import { type Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { connectError } from "@/engines/connect_error.ts";
import { hideKey } from "@/engines/hide_key.ts";
import { engineOf } from "@/engines/kinds.ts";
import type { Server } from "@/engines/launch.ts";
import { masked, secretsOf } from "@/engines/secrets.ts";
import { Connection } from "@/load/connection.ts";
import { watchEventLoop } from "@/load/event_loop_lag.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { generateLoad } from "@/load/generate.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { promptsOf, trialRequests, type WorkloadRequest } from "@/load/workload.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunFolder, TrialSink } from "@/records/run_folder.ts";
import type { ClientHealth, TrialRecord } from "@/records/trial_record.ts";
import type { Progress } from "./progress.ts";
import { Tally } from "./tally.ts";
import { endOfDying, type WarmServer } from "./warm_server.ts";

export interface TrialContext {
  config: Config;
  prompts: readonly Prompt[];
  folder: RunFolder;
  progress: Progress;
  /** Aborts when the run is to end early. */
  signal: AbortSignal;
}

/**
 * Runs `trial` and journals every request and the trial itself. A server that dies or fails every
 * request makes the trial failed, an aborted signal makes it interrupted; what was measured until
 * then is kept. Once the server has died, nothing is sent and the trial fails at once.
 */
export async function runTrial(
  trial: PlannedTrial,
  warm: WarmServer,
  context: TrialContext,
): Promise<TrialRecord> {
  const { folder, signal } = context;
  const sink = folder.openTrial(trial.trial_id);
  const result: TrialRecord = {
    trial_id: trial.trial_id,
    launch_id: trial.launch_id,
    outcome: "finished",
    started_at: new Date().toISOString(),
    window_start_ms: null,
    window_end_ms: null,
    client: null,
    memory: null,
    error: null,
  };
  if (warm.died.aborted) {
    const [cause] = (warm.died.reason as Error).message.split("\n");
    result.outcome = "failed";
    result.error = `nothing was sent, since the server had ended before: ${cause}`;
  } else {
    try {
      await measure(trial, warm, context, sink, result);
    } catch (error) {
      await endOfDying(warm, signal);
      const { reason } = signal.aborted ? signal : warm.died;
      result.outcome = signal.aborted ? "interrupted" : "failed";
      result.error = (reason ?? error)?.message ?? String(reason);
    }
  }
  await sink.finish();
  folder.journal.append({ type: "trial", ...result });
  folder.journal.sync();
  return result;
}

/** Warms up and measures; throws when the trial counts for nothing. */
async function measure(
  trial: PlannedTrial,
  warm: WarmServer,
  context: TrialContext,
  sink: TrialSink,
  result: TrialRecord,
): Promise<void> {
  const { config } = context;
  const requests = prepareRequests(trial, warm.server, context);
  const origin = performance.now();
  result.origin_unix_ms = performance.timeOrigin + origin;
  const now = () => performance.now() - origin;
  const signal = AbortSignal.any([context.signal, warm.died]);
  const entry = config.engines[trial.entry]!;
  const engine = engineOf(entry.kind);
  const headers = engine.headers(entry);
  const connections = connectionsFor(trial, warm, headers, engine.ca?.(entry));
  const load = { trial, requests, context, connections, headers, now, sink, signal };
  try {
    await openAll(connections);
    warm.watch?.start(trial.trial_id);
    refuseAllFailed(await sendPhase("warmup", load), "warm-up requests");
    // Just before and just after the measured requests, so that counters tell of them alone.
    await warm.watch?.scrape();
    const stopWatching = watchClient(connections);
    const measured = await sendPhase("measured", load);
    result.window_end_ms = measured.window_end_ms;
    result.client = stopWatching();
    await warm.watch?.scrape();
    result.window_start_ms = measured.tally.firstSend_ms;
    result.memory = await engine.memory(warm.server.pid);
    if (measured.tally.brokenAtTheEnd) await endOfDying(warm, signal);
    signal.throwIfAborted();
    refuseAllFailed(measured, "requests");
  } finally {
    await warm.watch?.pause();
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

async function openAll(connections: Connection[]): Promise<void> {
  try {
    await Promise.all(connections.map((connection) => connection.open()));
  } catch (error) {
    const count = connections.length === 1 ? "the connection" : `${connections.length} connections`;
    throw new Error(`${count} could not be opened: ${connectError(error as Error)}`);
  }
}

interface Load {
  trial: PlannedTrial;
  requests: Record<RequestRecord["phase"], PreparedRequest[]>;
  context: TrialContext;
  connections: Connection[];
  headers: Record<string, string>;
  now: () => number;
  sink: TrialSink;
  signal: AbortSignal;
}

/** Sends one phase, with every finished request journaled at once. */
async function sendPhase(phase: RequestRecord["phase"], load: Load) {
  const { trial, context, connections, headers, now, sink, signal } = load;
  const { config, progress } = context;
  const requests = load.requests[phase];
  const tally = new Tally();
  const hidden = (error: string) =>
    masked(hideKey(error, headers), secretsOf(config.engines[trial.entry]));
  const window_end_ms = await generateLoad({
    trial_id: trial.trial_id,
    phase,
    requests,
    connections,
    now,
    timeout_ms: config.benchmark.request_timeout_s * 1000,
    signal,
    onRecord(seen) {
      const record = { ...seen, error: seen.error && hidden(seen.error) };
      tally.add(record);
      sink.append(record);
      const { ended: done, failed } = tally;
      const total = requests.length;
      const warmup = phase === "warmup";
      progress.update({ label: trialLabel(trial), done, failed, total, warmup });
    },
  });
  return { tally, window_end_ms };
}

/** Both phases' requests, serialised before anything is opened or timed. */
function prepareRequests(
  trial: PlannedTrial,
  server: Server,
  { config, prompts }: TrialContext,
): Load["requests"] {
  const entry = config.engines[trial.entry]!;
  const engine = engineOf(entry.kind);
  const { temperature } = config.benchmark;
  const prepare = (request: WorkloadRequest): PreparedRequest => ({
    prompt_id: request.prompt_id,
    max_tokens: request.max_tokens,
    body: encodeJson(engine.body(entry, server.model, { ...request, temperature })),
  });
  const pool = promptsOf(trial.workload, config.workloads[trial.workload]?.categories, prompts);
  const { warmup, measured } = trialRequests(trial, pool);
  return { warmup: warmup.map(prepare), measured: measured.map(prepare) };
}

/** One connection for each user; users of several replicas are spread over them in turn. */
function connectionsFor(
  trial: PlannedTrial,
  { server, habits }: WarmServer,
  headers: Record<string, string>,
  ca: string | undefined,
): Connection[] {
  const roots = server.replicas ?? [server.baseUrl];
  return Array.from(
    { length: trial.concurrency },
    (_, user) => new Connection({ baseUrl: roots[user % roots.length]!, headers, habits, ca }),
  );
}

/** A server that fails every warm-up request would only be measured failing; one without an answer, not at all. */
function refuseAllFailed({ tally }: { tally: Tally }, what: string): void {
  if (!tally.allFailed) return;
  const count = `all ${tally.ended} ${what} failed`;
  throw new Error(`${count}; the first: ${tally.firstError}; see the server's log`);
}

/** Watches the client itself; the returned function tells how it did. */
function watchClient(connections: Connection[]): () => ClientHealth {
  const stopLag = watchEventLoop();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const reopenedBefore = total(connections, "reopened");
  const resentBefore = total(connections, "resent");
  return () => {
    const used = process.cpuUsage(cpu);
    const elapsed_us = (performance.now() - started) * 1000;
    return {
      ...stopLag(),
      cpu_share: (used.user + used.system) / elapsed_us,
      connections_opened_before: connections.length,
      connections_reopened: total(connections, "reopened") - reopenedBefore,
      requests_resent: total(connections, "resent") - resentBefore,
    };
  };
}

function total(connections: Connection[], count: "reopened" | "resent"): number {
  return connections.reduce((sum, connection) => sum + connection[count], 0);
}

/** How people are told which trial it is. */
export function trialLabel({ entry, workload, concurrency, block }: PlannedTrial): string {
  const users = concurrency === 1 ? "1 user" : `${concurrency} users`;
  return `block ${block} · ${entry} · ${workload} · ${users}`;
}
