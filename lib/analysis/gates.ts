/** The checks that a trial must pass before its numbers mean what they say, as data. */
import { fullSampleSize, fullWarmup, type PlannedTrial, warmupUsers } from "@/config/plan.ts";
import type { ContentProbe } from "@/records/startup_record.ts";
import type { LaunchRecord, TrialRecord } from "@/records/trial_record.ts";
import { content, notStarted, pinned } from "./launch_gates.ts";
import { achievedRate, overSaturated } from "./open_loop_gates.ts";
import { canaryIsFine, type ClientGateInput, clientGates, HARMLESS } from "./client_gates.ts";
import { promptGates } from "./prompt_gates.ts";
import type { SummarizedRequest } from "./summarized_request.ts";
import type { Gate, SummaryRow } from "./summary_row.ts";

/** What the gates look at. `ttft_ms_p50` sets how much send lag matters. */
export interface GateInput extends ClientGateInput {
  trial: PlannedTrial;
  /** Null when the run ended before the trial did. */
  record: TrialRecord | null;
  measured: readonly SummarizedRequest[];
  /** Of these, how many were sent before the steady window began. */
  cut_requests?: number;
  warmup: readonly SummarizedRequest[];
  in_flight_mean: number | null;
  send_lag_ms_p99: number | null;
  ttft_ms_p50: number | null;
  /** Requests that the server itself says it ran, mean over so many samples in the window. */
  server_running_mean: number | null;
  server_samples: number;
  /** Of the trial's launch; absent where the server was not asked. */
  content_probe?: ContentProbe | undefined;
  /** Absent or null where nothing is known of it. */
  launch?: LaunchRecord | null;
}

type Check = (input: GateInput) => Gate;

/** All gates of one trial, passed and failed. */
export function trialGates(input: GateInput): Gate[] {
  const { load } = input.trial;
  const busyUsers = load.mode === "closed" && load.think_ms === undefined;
  const steadyRate = load.mode === "poisson" || load.mode === "gamma" || load.mode === "constant";
  const capped = load.mode !== "closed" && load.max_in_flight !== undefined;
  const checks: Check[] = [finished, failures, usage, outputLength];
  if (busyUsers) checks.push(inFlight, runningOnServer);
  // A search draws its verdict from several looks together.
  if (input.trial.probe === undefined) checks.push(sampleSize);
  checks.push(warmUp, capped ? cappedLag : sendLag);
  if (load.mode !== "closed" && !capped) checks.push(({ measured }) => achievedRate(measured));
  if (steadyRate) checks.push(({ measured }) => overSaturated(measured));
  const { content_probe, launch } = input;
  const server_cores = launch?.server_cores;
  if (server_cores !== undefined) checks.push(() => pinned(server_cores));
  if (content_probe !== undefined) checks.push(() => content(content_probe));
  return [...checks.map((check) => check(input)), ...promptGates(input), ...clientGates(input)];
}

/** False where the queue grew as long as load came, so that no tail may be reported. */
export function tailsHold(gates: readonly Gate[]): boolean {
  return gates.every(({ gate, pass }) => gate !== "over-saturated" || pass);
}

/** The verdict and a sentence for each failed gate. */
export function verdictOf(gates: readonly Gate[]): Pick<SummaryRow, "verdict" | "reasons"> {
  const failed = gates.filter(({ pass }) => !pass);
  const verdict = failed.some(({ fails_to }) => fails_to === "INVALID")
    ? "INVALID"
    : failed.length > 0
    ? "SUSPECT"
    : "VALID";
  return {
    verdict,
    reasons: failed.map(({ gate, value, limit }) => `${gate}: ${value}, limit ${limit}`),
  };
}

export function finished({ trial, record, measured, launch = null }: GateInput): Gate {
  if (launch?.outcome === "failed") return notStarted(launch);
  const outcome = record?.outcome ?? "unfinished";
  const count = `${measured.length} of ${trial.requests} requests`;
  const complete = measured.length === trial.requests;
  const ended = record?.error
    ? `${outcome} after ${count}: ${firstLine(record.error)}`
    : `${outcome} after ${count}`;
  return {
    gate: "finished",
    value: outcome !== "finished" ? ended : complete ? outcome : `finished, but ${count} on record`,
    limit: "all planned requests sent",
    pass: outcome === "finished" && complete,
    cause: outcome === "failed" ? "server" : "environment",
    fails_to: "INVALID",
  };
}

export function failures({ measured }: GateInput): Gate {
  const failed = measured.filter(({ failure }) => failure !== null);
  const first = failed[0];
  const count = `${failed.length} of ${measured.length} failed`;
  return {
    gate: "failures",
    value: first ? `${count}, first ${first.failure} (${first.error})` : count,
    limit: "0.1 %",
    pass: failed.length <= 0.001 * measured.length,
    cause: "server",
    fails_to: "INVALID",
  };
}

function usage({ measured }: GateInput): Gate {
  const missing = measured.filter(({ failure }) => failure === "no_usage").length;
  return {
    gate: "usage",
    value: `${missing} answers without token counts`,
    limit: "0",
    pass: missing === 0,
    cause: "server",
    fails_to: "INVALID",
  };
}

function outputLength({ trial, measured }: GateInput): Gate {
  const answered = measured.filter(({ failure }) => failure === null);
  const wrong = answered.filter(({ output_tokens, max_tokens }) =>
    trial.ignore_eos ? output_tokens !== max_tokens : output_tokens! > max_tokens!
  );
  return {
    gate: "output length",
    value: `${wrong.length} of ${answered.length} not as asked`,
    limit: trial.ignore_eos ? "0, each exactly max_tokens" : "0, each at most max_tokens",
    pass: wrong.length === 0,
    cause: "server",
    fails_to: "INVALID",
  };
}

export function inFlight({ trial, measured, in_flight_mean }: GateInput): Gate {
  const highest = measured.reduce((most, { in_flight }) => Math.max(most, in_flight ?? 0), 0);
  const users = trial.concurrency!;
  const reached = in_flight_mean !== null && in_flight_mean >= 0.95 * users;
  const mean = in_flight_mean === null ? "nothing" : in_flight_mean.toFixed(2);
  return {
    gate: "in flight",
    value: `mean ${mean}, highest ${highest}`,
    limit: `mean ≥ ${(0.95 * users).toFixed(2)}, highest ${users}`,
    pass: reached && highest === users,
    cause: trial.requests < users ? "plan" : "client",
    fails_to: "INVALID",
  };
}

/** Fewer samples than these say nothing of a mean. */
const ENOUGH_SAMPLES = 5;

/** Method note 0b J: what the client has in flight may only be waiting in the server. */
function runningOnServer(
  { trial, in_flight_mean, server_running_mean, server_samples }: GateInput,
): Gate {
  const limit = 0.95 * trial.concurrency!;
  const told = server_running_mean !== null && server_samples >= ENOUGH_SAMPLES;
  // What the client did not send the server could not run.
  const sent = in_flight_mean !== null && in_flight_mean >= limit;
  const reached = !told || !sent || server_running_mean >= limit;
  const seen = server_running_mean === null
    ? "not told by the server"
    : `mean ${
      server_running_mean.toFixed(2)
    } by the server's own count (${server_samples} samples)`;
  const few = server_running_mean !== null && !told ? `, too few samples to judge` : "";
  return {
    gate: "running_on_server",
    value: `${reached ? "" : "queue-limited: "}${seen}${few}`,
    limit: `mean ≥ ${limit.toFixed(2)}`,
    pass: reached,
    cause: "server",
    fails_to: "SUSPECT",
  };
}

/** Requests of an open loop that a p90 needs (method note 2.3). */
const OPEN_SAMPLE = 36;

export function sampleSize({ trial, cut_requests = 0 }: GateInput): Gate {
  const full = trial.concurrency === null ? OPEN_SAMPLE : fullSampleSize(trial.concurrency);
  return {
    gate: "sample size",
    value: `${trial.requests} requests planned${
      cut_requests === 0 ? "" : `, ${cut_requests} of them sent before the window`
    }`,
    limit: `at least ${full}`,
    pass: trial.requests - cut_requests >= full,
    cause: "plan",
    fails_to: "SUSPECT",
  };
}

function warmUp({ trial, warmup }: GateInput): Gate {
  const users = trial.concurrency ?? warmupUsers(trial.offered_requests_per_s ?? 0);
  const full = fullWarmup(users);
  const failed = warmup.filter(({ failure }) => failure !== null).length;
  return {
    gate: "warm-up",
    value: `${warmup.length} requests, ${failed} failed`,
    limit: `at least ${full}, 0 failed`,
    pass: warmup.length >= full && failed === 0,
    cause: failed > 0 ? "server" : "plan",
    fails_to: "SUSPECT",
  };
}

/** Late sends are part of TTFT as it is counted here. Limit of method note 2.1: 1 ms or 1 % of the median TTFT, whichever is larger. */
export function sendLag(input: GateInput): Gate {
  const { send_lag_ms_p99, ttft_ms_p50 } = input;
  const limit_ms = Math.max(1, 0.01 * (ttft_ms_p50 ?? 0));
  const within = send_lag_ms_p99 !== null && send_lag_ms_p99 <= limit_ms;
  const harmless = send_lag_ms_p99 !== null && !within && canaryIsFine(input);
  return {
    gate: "send lag",
    value: send_lag_ms_p99 === null
      ? "nothing sent"
      : `p99 ${send_lag_ms_p99.toFixed(2)} ms${harmless ? HARMLESS : ""}`,
    limit: `${limit_ms.toFixed(2)} ms`,
    pass: within || harmless,
    cause: "client",
    fails_to: "SUSPECT",
  };
}

/** Under a cap requests wait by design; their latency counts from the schedule all the same. */
function cappedLag({ trial, measured, send_lag_ms_p99 }: GateInput): Gate {
  const waited =
    measured.filter(({ sent_ms, scheduled_ms }) => sent_ms - (scheduled_ms ?? sent_ms) > 1).length;
  return {
    gate: "send lag",
    value: `capped: ${waited} of ${trial.requests} sent more than 1 ms late, p99 ${
      (send_lag_ms_p99 ?? 0).toFixed(2)
    } ms`,
    limit: "none under a cap",
    pass: send_lag_ms_p99 !== null,
    cause: "plan",
    fails_to: "SUSPECT",
  };
}

/** An error may carry the end of a log; what it says is in its first line. */
function firstLine(error: string): string {
  return error.split("\n", 1)[0]!;
}
