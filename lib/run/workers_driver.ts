/** Sends a trial's load from one thread, or from several workers as if they were one. */
import type { PlannedTrial } from "@/config/plan.ts";
import type { Phase } from "@/load/generate.ts";
import { packRequests } from "@/load/packed_requests.ts";
import { sharedCounts } from "@/load/share.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { ClientHealth } from "@/records/trial_record.ts";
import { type DriverOptions, type LoadDriver, loadDriver } from "./load_driver.ts";
import { mergedHealth, mergedWindow } from "./merge_workers.ts";
import type { TruthLoad } from "./truth_load.ts";
import { checkClock } from "./worker_clock.ts";
import { WorkerLink } from "./worker_link.ts";
import type { Window, WorkerResult } from "./worker_messages.ts";

/** The driver of a trial's load, by so many workers; 1 is this thread. */
export function driverFor(
  trial: PlannedTrial,
  options: DriverOptions,
  workers: number,
): LoadDriver {
  return workers === 1 ? loadDriver(trial, options) : new WorkersDriver(trial, options, workers);
}

/** Time for the message that a phase begins to reach every worker. */
const LEAD_MS = 50;

class WorkersDriver implements LoadDriver {
  /** They belong to the workers, which watch them. */
  readonly connections = [];
  readonly #trial: PlannedTrial;
  readonly #options: DriverOptions;
  readonly #links: WorkerLink[];
  #health: Partial<ClientHealth> = {};

  constructor(trial: PlannedTrial, options: DriverOptions, workers: number) {
    this.#trial = trial;
    this.#options = options;
    this.#links = Array.from({ length: workers }, (_, i) => new WorkerLink(`worker ${i + 1}`));
  }

  async open(): Promise<void> {
    const { length: of } = this.#links;
    // One at a time, so that the answers need not wait for each other.
    for (const link of this.#links) {
      await link.call({ type: "clock" });
      await checkClock(link.name, () => link.ping());
    }
    const arrivals_ms = sharedCopy(this.#options.arrivals_ms);
    await Promise.all(this.#links.map((link, index) => {
      const options = { ...this.#options, arrivals_ms, share: { index, of } };
      return link.call({ type: "open", trial: this.#trial, options });
    }));
  }

  async warmUp(phase: Phase): Promise<void> {
    await this.#send(phase);
  }

  async measure(phase: Phase): Promise<Window> {
    const results = await this.#send(phase);
    this.#health = mergedHealth(results);
    return mergedWindow(this.#trial.load.mode, results.map(({ window }) => window));
  }

  health(): Partial<ClientHealth> {
    return this.#health;
  }

  /** In the first worker, which is as busy as any other. */
  readonly sendTruth = (load: TruthLoad): Promise<void> => this.#links[0]!.sendTruth(load);

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }

  async #send(phase: Phase): Promise<WorkerResult[]> {
    const { trial_id, lead_in, timeout_ms, most_bytes, signal, onRecord } = phase;
    const message = {
      type: "phase" as const,
      trial_id,
      phase: phase.phase,
      requests: packRequests(phase.requests),
      counts: sharedCounts(),
      start_ms: phase.now() + LEAD_MS,
      timeout_ms,
      ...(lead_in === undefined ? {} : { lead_in }),
      ...(most_bytes === undefined ? {} : { most_bytes }),
    };
    const abort = () => this.#links.forEach((link) => link.abort());
    const record = (seen: RequestRecord) => onRecord(seen);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    try {
      const results = await Promise.all(
        this.#links.map((link) => link.call<WorkerResult>(message, record)),
      );
      const { habits } = this.#options;
      habits.closesUnannounced ||= results.some(({ closesUnannounced }) => closesUnannounced);
      return results;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

/** One for all threads. */
function sharedCopy(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
