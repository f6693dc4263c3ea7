/** One trial over time, in slices: what arrived, what was in flight, what the server told. */
import { loadFamily, type LoadPoint, loadPointOf } from "@/config/load_point.ts";
import type { RunData } from "@/records/run_folder.ts";
import type { RequestRow } from "@/records/trial_requests.ts";
import { levelValue } from "./load_axis.ts";
import { steadiness } from "./steady_gates.ts";
import { telemetryOf } from "./telemetry_summary.ts";

export interface Timeline extends LoadPoint {
  trial_id: string;
  engine: string;
  simulated: boolean;
  workload: string;
  /** What counts: without the start-up that was cut off. */
  window: { start_s: number; end_s: number };
  slice_s: number;
  /** Times are the middle of a slice, in seconds from the trial's origin, warm-up included. */
  slices: { at_s: number; output_tokens_per_s: number; in_flight: number }[];
  samples: {
    at_s: number;
    running: number | null;
    waiting: number | null;
    kv_use: number | null;
  }[];
}

const SLICED_COLUMNS = [
  "sent_ms",
  "end_ms",
  "output_tokens",
  "failure",
  "text_events",
] as const satisfies (keyof RequestRow)[];

const MOST_SLICES = 120;
const SLICES_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600];

/**
 * For each workload and family of loads, apart for real and simulated entries, one trial at the highest level: the first
 * one whose server was watched, else the first that has a window.
 */
export function timelines(run: RunData): Timeline[] {
  const planned = new Map(
    run.manifest.plan.launches.flatMap(({ trials }) => trials)
      .map((trial) => [trial.trial_id, trial]),
  );
  const imported = new Set(run.manifest.imported?.map(({ trial_id }) => trial_id));
  const candidates = run.trials.flatMap((record) => {
    const trial = planned.get(record.trial_id);
    return trial && record.window_start_ms !== null && record.window_end_ms !== null
      ? [{ record, trial }]
      : [];
  });
  const groups = Map.groupBy(
    candidates,
    ({ trial }) => JSON.stringify([trial.simulated, trial.workload, loadFamily(trial.load)]),
  );
  return [...groups.values()].flatMap((members) => {
    const level = ({ trial }: (typeof members)[number]) => levelValue(loadPointOf(trial));
    const highest = Math.max(...members.map(level));
    const top = members.filter((member) => level(member) === highest);
    const watched = ({ record }: (typeof top)[number]) =>
      telemetryOf(record, run.telemetry).server.length > 0;
    const { record, trial } = top.find(watched) ?? top[0]!;
    const of = run.requests.get(record.trial_id);
    const requests = of?.select(SLICED_COLUMNS) ?? [];
    // An imported file may not tell when tokens came; no tokens would be drawn as a server at rest.
    const untold = requests.some(({ failure, text_events }) =>
      failure === null && text_events === 0
    );
    if (of === undefined || requests.length === 0 || untold) return [];
    const whole = imported.has(record.trial_id);
    const { start_ms, end_ms } = steadiness(trial, record, whole ? null : of).window!;
    return [{
      trial_id: trial.trial_id,
      engine: trial.entry,
      simulated: trial.simulated,
      workload: trial.workload,
      ...loadPointOf(trial),
      window: { start_s: start_ms / 1000, end_s: end_ms / 1000 },
      ...sliced(requests, of.tokenTimes()),
      samples: telemetryOf(record, run.telemetry).server
        .map(({ at_ms, running, waiting, kv_use }) => ({
          at_s: at_ms / 1000,
          running,
          waiting,
          kv_use,
        })),
    }];
  });
}

/** Tokens are shared out over a request's events with text, as for throughput. */
export function sliced(
  requests: readonly Pick<RequestRow, "sent_ms" | "end_ms" | "output_tokens">[],
  tokenTimes: readonly ArrayLike<number>[],
): Pick<Timeline, "slice_s" | "slices"> {
  const end_s = requests.reduce((last, { end_ms }) => Math.max(last, end_ms), 0) / 1000;
  const slice_s = SLICES_S.find((length) => end_s / length <= MOST_SLICES) ?? SLICES_S.at(-1)!;
  const count = Math.max(1, Math.ceil(end_s / slice_s));
  const tokens = new Array<number>(count).fill(0);
  const busy_s = new Array<number>(count).fill(0);
  const sliceOf = (ms: number) => Math.min(count - 1, Math.max(0, Math.floor(ms / 1000 / slice_s)));
  requests.forEach(({ output_tokens, sent_ms, end_ms }, i) => {
    const token_ms = tokenTimes[i]!;
    const each = (output_tokens ?? 0) / token_ms.length;
    for (let event = 0; event < token_ms.length; event++) {
      tokens[sliceOf(token_ms[event]!)]! += each;
    }
    for (let slice = sliceOf(sent_ms); slice <= sliceOf(end_ms); slice++) {
      const from = Math.max(sent_ms / 1000, slice * slice_s);
      const to = Math.min(end_ms / 1000, (slice + 1) * slice_s);
      busy_s[slice] = busy_s[slice]! + Math.max(0, to - from);
    }
  });
  return {
    slice_s,
    slices: tokens.map((n, slice) => ({
      at_s: (slice + 0.5) * slice_s,
      output_tokens_per_s: n / slice_s,
      in_flight: busy_s[slice]! / slice_s,
    })),
  };
}
