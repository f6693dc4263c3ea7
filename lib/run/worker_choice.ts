/** How many workers send a trial's load, and why. */
import { coresOf } from "@/config/cores.ts";
import { loadLabel } from "@/config/load_point.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { WorkerChoice } from "@/records/trial_record.ts";
import type { Pinning } from "./pinning.ts";

/** What is known of the client's machine. */
export interface ClientRoom {
  /** Cores that the client may use. */
  cores: number;
  /** Tokens a second that one worker still measured well, by a calibration; null without one. */
  ceiling_tokens_per_s: number | null;
}

/** A quarter of what one core of the client has been seen to take, 10 µs a token. */
const UNCALIBRATED_TOKENS_PER_S = 25_000;
/** Of a calibrated ceiling, as much as a trial may use without a warning. */
export const CEILING_SHARE = 0.7;
/** A stream of a closed loop is taken to bring so many; only its server knows. */
const TOKENS_PER_S_OF_A_STREAM = 50;

type Asked = Pick<
  PlannedTrial,
  "load" | "concurrency" | "offered_requests_per_s" | "requests" | "max_tokens"
>;

/** `asked` is the config's `workers`. A capped open loop has one queue, so one worker sends it. */
export function chooseWorkers(
  trial: Asked,
  asked: number | "auto",
  { cores, ceiling_tokens_per_s }: ClientRoom,
): WorkerChoice {
  const { load } = trial;
  if (load.mode !== "closed" && load.max_in_flight !== undefined) {
    return { count: 1, why: "requests that wait under a cap stand in one queue" };
  }
  const most = Math.min(trial.concurrency ?? Infinity, trial.requests);
  if (asked !== "auto") {
    const count = Math.max(1, Math.min(asked, most));
    const why = count === asked ? "as configured" : `${asked} are configured, ${most} can be used`;
    return { count, why };
  }
  const { tokens_per_s, offered } = offeredTokens(trial);
  const per_worker = ceiling_tokens_per_s === null
    ? UNCALIBRATED_TOKENS_PER_S
    : CEILING_SHARE * ceiling_tokens_per_s;
  const wanted = Math.max(1, Math.ceil(tokens_per_s / per_worker));
  const how = ceiling_tokens_per_s === null
    ? "without a calibration"
    : `${100 * CEILING_SHARE} % of the calibrated ceiling`;
  const need = `${offered}, ${whole(per_worker)} for each worker (${how})`;
  // The thread that keeps the journal needs a core beside the workers'.
  const room = Math.max(1, Math.min(cores - 1, most));
  if (wanted <= room) return { count: wanted, why: need };
  const limit = `${wanted} are wanted, the client's ${cores} cores have room for ${room}`;
  return { count: room, why: `${need}; ${limit}` };
}

/** The choice for a trial of `config`. The next turn of a conversation holds the last answer, which one thread has heard. */
export function trialWorkers(
  trial: Asked & Pick<PlannedTrial, "workload">,
  { benchmark, workloads }: Pick<Config, "workloads"> & { benchmark: { workers: number | "auto" } },
  room: ClientRoom,
): WorkerChoice {
  return workloads[trial.workload]?.kind === "multi_turn"
    ? { count: 1, why: "the turns of a conversation follow from each other" }
    : chooseWorkers(trial, benchmark.workers, room);
}

/** The choice for each different load of `trials`, in their order. */
export function plannedWorkers(
  trials: readonly PlannedTrial[],
  config: Config,
  room: ClientRoom,
): ({ load: string } & WorkerChoice)[] {
  const choices = trials.map((trial) => ({
    load: loadLabel(trial.load),
    ...trialWorkers(trial, config, room),
  }));
  return choices.filter(({ load, why }, at) =>
    choices.findIndex((other) => other.load === load && other.why === why) === at
  );
}

/**
 * Where the client is pinned, the cores that it has; else those of the machine. A calibration that the
 * client did not end has only shown that more can be had.
 */
export function clientRoom(
  { client_cores }: Pick<Pinning, "client_cores">,
  calibration: Calibration | null,
): ClientRoom {
  const ceiling = calibration?.ended_by === "client" ? calibration.ceiling_events_per_s : null;
  return {
    cores: client_cores === null ? navigator.hardwareConcurrency : coresOf(client_cores).length,
    ceiling_tokens_per_s: ceiling,
  };
}

/** Tokens a second that a trial asks for: assumed of a closed loop, by the schedule of an open one. */
export function offeredTokens({ concurrency, offered_requests_per_s, max_tokens }: Asked) {
  if (concurrency !== null) {
    const tokens_per_s = concurrency * TOKENS_PER_S_OF_A_STREAM;
    const assumed = `${
      whole(concurrency)
    } streams at ${TOKENS_PER_S_OF_A_STREAM} tokens/s (assumed)`;
    return { tokens_per_s, offered: `${assumed} are ${whole(tokens_per_s)} tokens/s` };
  }
  const rate = offered_requests_per_s ?? 0;
  const tokens_per_s = rate * max_tokens;
  const each = `${+rate.toFixed(2)} requests/s of ${max_tokens} tokens`;
  return { tokens_per_s, offered: `${each} are ${whole(tokens_per_s)} tokens/s` };
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
