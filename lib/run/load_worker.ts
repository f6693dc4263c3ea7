/**
 * A load-generating worker: sends its share of a trial's users or arrivals over connections and an
 * event loop of its own, and passes on each record as it is.
 */
import { unpackRequests } from "@/load/packed_requests.ts";
import { PhaseCounts, type Share } from "@/load/share.ts";
import { type DriverOptions, type LoadDriver, loadDriver } from "./load_driver.ts";
import { watchThread } from "./thread_watch.ts";
import { sendTruthLoad } from "./truth_load.ts";
import type {
  FromWorker,
  ToWorker,
  Unanswered,
  WorkerPhase,
  WorkerResult,
} from "./worker_messages.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage(message: FromWorker): void;
};
const aborted = new AbortController();
const truthStopped = new AbortController();

interface Opened {
  driver: LoadDriver;
  options: DriverOptions & { share: Share };
}
let opened: Opened | null = null;

scope.onmessage = async ({ data }) => {
  if (data.type === "abort") return aborted.abort(new Error("the run was interrupted"));
  if (data.type === "truth_stop") return truthStopped.abort();
  if (data.type === "truth") return await sendTruth(data);
  try {
    scope.postMessage({ type: "done", value: await answer(data) });
  } catch (error) {
    scope.postMessage({ type: "failed", error: (error as Error).message });
  }
};

async function answer(message: Exclude<ToWorker, Unanswered>): Promise<unknown> {
  switch (message.type) {
    case "clock":
      return performance.timeOrigin + performance.now();
    case "open":
      opened = { driver: loadDriver(message.trial, message.options), options: message.options };
      return await opened.driver.open();
    case "phase":
      return await send(message, opened!);
    case "close":
      return await opened?.driver.close();
  }
}

/** Once in a worker's life, beside the measured phase; on the clock of the thread that asks for it. */
async function sendTruth({ load, time_origin_ms }: Extract<ToWorker, { type: "truth" }>) {
  const ahead_ms = performance.timeOrigin - time_origin_ms;
  const error = await sendTruthLoad({
    ...load,
    now: () => performance.now() + ahead_ms,
    signal: truthStopped.signal,
    onRecord: (record) => scope.postMessage({ type: "truth_record", record }),
  }).then(() => null, ({ message }: Error) => message);
  scope.postMessage({ type: "truth_end", error });
}

async function send(
  { counts, requests, ...asked }: WorkerPhase,
  { driver, options }: Opened,
): Promise<WorkerResult> {
  const sinceOrigin_ms = performance.timeOrigin - options.origin_unix_ms;
  await using unpacked = unpackRequests(requests);
  let ended = 0;
  const phase = {
    ...asked,
    requests: unpacked.requests,
    counts: new PhaseCounts(unpacked.requests.length, counts),
    now: () => performance.now() + sinceOrigin_ms,
    signal: aborted.signal,
    onRecord(record: Parameters<Parameters<LoadDriver["warmUp"]>[0]["onRecord"]>[0]) {
      ended++;
      scope.postMessage({ type: "record", record });
    },
  };
  const stopWatching = watchThread(driver.connections);
  let window: WorkerResult["window"] = { start_ms: null, end_ms: null };
  if (phase.phase === "warmup") await driver.warmUp(phase);
  else window = await driver.measure(phase);
  const { connections, ...health } = stopWatching();
  return {
    window,
    health: { ...health, requests: ended },
    connections: { ...connections, ...driver.health() },
    closesUnannounced: options.habits.closesUnannounced,
  };
}
