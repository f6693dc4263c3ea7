/** The server's own times against the client's: what lies between the two is not the engine's doing. */
import { mean, median, quantile } from "simple-statistics";
import { loadLabel, type LoadPoint, loadPointOf } from "@/config/load_point.ts";
import { plannedTrials } from "@/config/plan.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { RequestRow } from "@/records/trial_requests.ts";
import { TIMED_COLUMNS, type TimedRequest, tpotMs, ttftFromSendMs } from "./request_metrics.ts";
import { measuredDelta, telemetryOf, type TrialTelemetry } from "./telemetry_summary.ts";

/** Client minus server for one time of one entry at one level, over all its launches. */
export interface ServerTimeRow extends LoadPoint {
  engine: string;
  simulated: boolean;
  workload: string;
  /** TTFT counts from the send; decode is first to last token; TPOT is a mean over requests. */
  time: "ttft" | "decode" | "tpot";
  /** `requests`: each request's own times. `means`: one difference of means a trial, from histograms. */
  source: "requests" | "means";
  /** Whether the server's TTFT leaves out how long requests queued in it. */
  without_queue: boolean;
  /** Requests or trials. */
  n: number;
  difference_ms: { median: number; p10: number; p90: number };
  /** Medians of both, so that the difference can be weighed. */
  client_ms: number;
  server_ms: number;
}

const COLUMNS = [
  ...TIMED_COLUMNS,
  "phase",
  "end_ms",
  "server_queue_ms",
  "server_prefill_ms",
  "server_decode_ms",
] as const;

type ServerTimedRequest = Pick<RequestRow, (typeof COLUMNS)[number]>;

interface Pair {
  client_ms: number;
  server_ms: number;
}

/** A row for each entry, workload, level and time that a server told; request by request where it did. */
export function serverTimeRows(run: RunData): ServerTimeRow[] {
  const trials = plannedTrials(run.manifest.plan);
  const records = new Map(run.trials.map((trial) => [trial.trial_id, trial]));
  const levels = Map.groupBy(
    trials,
    ({ entry, workload, load }) => JSON.stringify([entry, workload, loadLabel(load)]),
  );
  return [...levels.values()].flatMap((members) => {
    const { entry: engine, simulated, workload } = members[0]!;
    const told = members.some(({ trial_id }) =>
      run.requests.get(trial_id)?.tells("server_prefill_ms") ||
      telemetryOf(records.get(trial_id) ?? null, run.telemetry).server.length > 0
    );
    if (!told) return [];
    const measured = members.map(({ trial_id }) =>
      (run.requests.get(trial_id)?.select(COLUMNS) ?? []).filter(({ phase, failure }) =>
        phase === "measured" && failure === null
      )
    );
    const all = measured.flat();
    const level = { engine, simulated, workload, ...loadPointOf(members[0]!) };
    const row = (time: ServerTimeRow["time"], source: ServerTimeRow["source"], pairs: Pair[]) => {
      const without_queue = source === "requests" && time === "ttft" &&
        all.some(({ server_queue_ms }) => server_queue_ms == null);
      return pairs.length === 0
        ? []
        : [{ ...level, time, source, without_queue, ...spread(pairs) }];
    };
    const [prefill, decode] = [all.flatMap(prefillPair), all.flatMap(decodePair)];
    if (prefill.length > 0) {
      return [...row("ttft", "requests", prefill), ...row("decode", "requests", decode)];
    }
    const means = members.map(({ trial_id }, i) => {
      const record = records.get(trial_id) ?? null;
      const start_ms = record?.window_start_ms ?? null;
      const end_ms = measured[i]!.reduce((last, { end_ms }) => Math.max(last, end_ms), -Infinity);
      if (start_ms === null || measured[i]!.length === 0) return null;
      const { server } = telemetryOf(record, run.telemetry);
      return { server, window: { start_ms, end_ms }, requests: measured[i]! };
    }).filter((trial) => trial !== null);
    return [
      ...row("ttft", "means", means.flatMap((trial) => meanPair(trial, "ttft", ttftFromSendMs))),
      ...row("tpot", "means", means.flatMap((trial) => meanPair(trial, "tpot", tpotMs))),
    ];
  });
}

function prefillPair(record: ServerTimedRequest): Pair[] {
  const { server_prefill_ms, server_queue_ms } = record;
  const client_ms = ttftFromSendMs(record);
  if (server_prefill_ms == null || client_ms === null) return [];
  return [{
    client_ms,
    server_ms: server_prefill_ms + (server_queue_ms ?? 0),
  }];
}

function decodePair(
  { server_decode_ms, first_token_ms, last_token_ms }: ServerTimedRequest,
): Pair[] {
  if (server_decode_ms == null || first_token_ms === null || last_token_ms === null) return [];
  return [{ client_ms: last_token_ms - first_token_ms, server_ms: server_decode_ms }];
}

/** Only where the server counted exactly the requests that the client measured. */
function meanPair(
  { server, window, requests }: {
    server: TrialTelemetry["server"];
    window: { start_ms: number; end_ms: number };
    requests: TimedRequest[];
  },
  time: "ttft" | "tpot",
  clientMs: (record: TimedRequest) => number | null,
): Pair[] {
  const count = measuredDelta(server, window, `${time}_count`);
  const sum_s = measuredDelta(server, window, `${time}_s_sum`);
  const client = requests.map(clientMs).filter((value) => value !== null);
  if (sum_s === null || count !== client.length || count === 0) return [];
  return [{ client_ms: mean(client), server_ms: sum_s * 1000 / count }];
}

function spread(pairs: Pair[]) {
  const differences = pairs.map(({ client_ms, server_ms }) => client_ms - server_ms);
  return {
    n: pairs.length,
    difference_ms: {
      median: median(differences),
      p10: quantile(differences, 0.1),
      p90: quantile(differences, 0.9),
    },
    client_ms: median(pairs.map(({ client_ms }) => client_ms)),
    server_ms: median(pairs.map(({ server_ms }) => server_ms)),
  };
}
