/** One trial on one ready server: warm up, load, record. */
import { type ArrivalList, timesOf } from "@/config/arrivals/arrival.ts";
import { loadLabel, startsInTurn } from "@/config/load_point.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import { type Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { hideKey } from "@/engines/hide_key.ts";
import { engineOf } from "@/engines/kinds.ts";
import { masked, secretsOf } from "@/engines/secrets.ts";
import type { Phase } from "@/load/generate.ts";
import type { LeadIn } from "@/load/lead_in.ts";
import type { RequestList } from "@/load/request_file.ts";
import { transportFor } from "@/load/transport.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { RunFolder, TrialSink } from "@/records/run_folder.ts";
import { keptWindow } from "@/records/journal.ts";
import type { SteadyWindow, TrialRecord } from "@/records/trial_record.ts";
import type { TimeWindow, TrialRequests } from "@/records/trial_requests.ts";
import type { Canary } from "./canary.ts";
import { watchClient } from "./client_watch.ts";
import type { LoadDriver } from "./load_driver.ts";
import { prepareRequests } from "./prepare_requests.ts";
import type { Progress } from "./progress.ts";
import { Tally } from "./tally.ts";
import { endOfDying, type WarmServer } from "./warm_server.ts";
import { type ClientRoom, trialWorkers } from "./worker_choice.ts";
import { driverFor } from "./workers_driver.ts";

export interface TrialContext {
  config: Config;
  prompts: readonly Prompt[];
  /** The plan's arrival lists, which open loops follow. */
  arrivals?: Record<string, ArrivalList>;
  folder: RunFolder;
  progress: Progress;
  /** Aborts when the run is to end early. */
  signal: AbortSignal;
  /** Streams of known truth beside each trial's load; null where they are not wanted. */
  canary?: Canary | null;
  /** What the client may use; one core if absent. */
  room?: ClientRoom;
  /**
   * What counts of a trial's window, which only the analysis can say; it stands right of the run. Null
   * where start-up is not sought. Without it the record does not say.
   */
  steadyWindow?(
    trial: PlannedTrial,
    requests: TrialRequests,
    window: TimeWindow,
  ): SteadyWindow | null;
}

const LITTLE_ROOM: ClientRoom = { cores: 1, ceiling_tokens_per_s: null };

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
  const { window_start_ms: start_ms, window_end_ms: end_ms } = result;
  const times = start_ms === null || end_ms === null ? null : keptWindow({ start_ms, end_ms });
  const requests = await sink.finish(times);
  const window = times && context.steadyWindow?.(trial, requests, times);
  if (window) result.window = window;
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
  const arrivals = trial.arrivals === undefined ? [] : context.arrivals![trial.arrivals]!;
  result.workers = trialWorkers(trial, config, context.room ?? LITTLE_ROOM);
  const shared = result.workers.count > 1;
  await using prepared = await prepareRequests(trial, warm, { ...context, arrivals, shared });
  const { requests, lead_in, template_tokens } = prepared;
  if (template_tokens !== null) result.template_tokens = template_tokens;
  const origin = performance.now();
  const origin_unix_ms = performance.timeOrigin + origin;
  result.origin_unix_ms = origin_unix_ms;
  const now = () => performance.now() - origin;
  const signal = AbortSignal.any([context.signal, warm.died]);
  const entry = config.engines[trial.entry]!;
  const engine = engineOf(entry.kind);
  const headers = engine.headers(entry);
  const roots = warm.server.replicas ?? [warm.server.baseUrl];
  const options = {
    roots,
    arrivals_ms: timesOf(arrivals),
    headers,
    habits: warm.habits,
    ca: engine.ca?.(entry),
    origin_unix_ms,
  };
  const driver = driverFor(trial, options, result.workers.count);
  const load = { trial, requests, lead_in, context, driver, headers, now, sink, signal };
  try {
    await driver.open();
    warm.watch?.start(trial.trial_id);
    refuseAllFailed(await sendPhase("warmup", load), "warm-up requests");
    // Just before and just after the measured requests, so that counters tell of them alone.
    await warm.watch?.scrape();
    const stopWatching = await watchClient(driver.connections);
    const stopCanary = context.canary?.start(transportFor(roots[0]!), driver.sendTruth);
    const measured = await sendPhase("measured", load).finally(async () => {
      const canary = await stopCanary?.();
      if (canary !== undefined) result.canary = canary;
    });
    result.client = { ...await stopWatching(), ...driver.health() };
    await warm.watch?.scrape();
    result.window_start_ms = measured.window.start_ms;
    result.window_end_ms = measured.window.end_ms;
    result.memory = await engine.memory(warm.server.pid);
    if (measured.tally.brokenAtTheEnd) await endOfDying(warm, signal);
    signal.throwIfAborted();
    refuseAllFailed(measured, "requests");
  } finally {
    await warm.watch?.pause();
    await driver.close();
  }
}

interface Load {
  trial: PlannedTrial;
  requests: Record<RequestRecord["phase"], RequestList>;
  lead_in: LeadIn;
  context: TrialContext;
  driver: LoadDriver;
  headers: Record<string, string>;
  now: () => number;
  sink: TrialSink;
  signal: AbortSignal;
}

/** Sends one phase, with every finished request journaled at once. */
async function sendPhase(phase: RequestRecord["phase"], load: Load) {
  const { trial, context, driver, headers, now, sink, signal } = load;
  const { config, progress } = context;
  const requests = load.requests[phase];
  const warmup = phase === "warmup";
  const lead_in = warmup ? undefined : load.lead_in;
  const total = requests.length - (lead_in?.requests ?? 0);
  const tally = new Tally();
  const hidden = (error: string) =>
    masked(hideKey(error, headers), secretsOf(config.engines[trial.entry]));
  const sent: Phase = {
    trial_id: trial.trial_id,
    phase,
    requests,
    ...(lead_in === undefined ? {} : { lead_in }),
    now,
    timeout_ms: config.benchmark.request_timeout_s * 1000,
    signal,
    onRecord(seen) {
      const record = { ...seen, error: seen.error && hidden(seen.error) };
      if (record.phase === phase) tally.add(record);
      sink.append(record);
      const { ended: done, failed } = tally;
      progress.update({ label: trialLabel(trial), done, failed, total, warmup });
    },
  };
  if (warmup) {
    await driver.warmUp(sent);
    return { tally, window: { start_ms: null, end_ms: null } };
  }
  const { start_ms, end_ms } = await driver.measure(sent);
  return { tally, window: { start_ms: start_ms ?? closedStart(trial, tally), end_ms } };
}

/** A closed loop's window starts once every user has begun. */
function closedStart({ load }: PlannedTrial, tally: Tally): number | null {
  return startsInTurn(load) ? tally.everyUserSent_ms : tally.firstSend_ms;
}

/** A server that fails every warm-up request would only be measured failing; one without an answer, not at all. */
function refuseAllFailed({ tally }: { tally: Tally }, what: string): void {
  if (!tally.allFailed) return;
  const count = `all ${tally.ended} ${what} failed`;
  throw new Error(`${count}; the first: ${tally.firstError}; see the server's log`);
}

/** How people are told which trial it is. */
export function trialLabel(trial: PlannedTrial): string {
  const { entry, workload, load, concurrency, block, round } = trial;
  const users = concurrency === 1 ? "1 user" : `${concurrency} users`;
  const words = concurrency === null ? loadLabel(load) : users;
  const place = round === undefined ? `block ${block}` : `round ${round}`;
  return `${place} · ${entry} · ${workload} · ${words}`;
}
