/** How much load this machine's client can measure: walks loads on the known-truth server. */
import type { PlannedTrial } from "@/config/plan.ts";
import type { Calibration, CalibrationLevel } from "@/records/calibration_record.ts";
import { LIMITS, type LoadPlan } from "./calibration_level.ts";

export interface Walk {
  /** Each step has the loads that must all pass. */
  steps: LoadPlan[][];
  /** Stop at the first step that passes, or each mode when so many in a row have failed that load the client. */
  until: "passed" | { failed: number };
  /** A load that fails is measured so often, since neighbours on the machine disturb for a while. */
  tries: number;
  measure: (plan: LoadPlan) => Promise<CalibrationLevel>;
  say: (line: string) => void;
}

const STREAM = { token_ms: 20, tokens: 100, rounds: 3 };

/**
 * From so many streams on an error is one of load. With fewer the machine's cores idle between tokens,
 * and some virtual ones take half a millisecond to wake.
 */
const LOADING_STREAMS = 50;

/** From few streams to many, in both modes. */
export const FULL_STEPS: LoadPlan[][] = [5, 10, 25, 50, 100, 200, 400, 600, 800, 1200, 1600, 2400]
  .map((streams) =>
    (["independent", "step"] as const).map((mode) => ({ ...STREAM, mode, streams }))
  );

/**
 * Streams of a calibration that bring as many tokens as the highest load of `trials`, or of a search
 * that goes up to `search` with answers of that length. At least one.
 */
export function comparableStreams(
  trials: readonly Pick<PlannedTrial, "concurrency" | "offered_requests_per_s" | "max_tokens">[],
  search?: { max_rate_per_s: number; max_tokens: number },
): number {
  const streams = (rate_per_s: number, max_tokens: number) =>
    Math.ceil(rate_per_s * max_tokens * STREAM.token_ms / 1000);
  return Math.max(
    1,
    search === undefined ? 0 : streams(search.max_rate_per_s, search.max_tokens),
    ...trials.map(({ concurrency, offered_requests_per_s, max_tokens }) =>
      concurrency ?? streams(offered_requests_per_s ?? 0, max_tokens)
    ),
  );
}

/** More tokens than one worker ever takes; walking them only takes time. */
const MOST_SHORT_STREAMS = 1600;

/**
 * At 1.5 times `concurrency` as engines send, but no more than one worker could take, then with fewer
 * until the client is fit: under 20 s.
 */
export function shortSteps(concurrency: number): LoadPlan[][] {
  const most = Math.min(1.5 * concurrency, MOST_SHORT_STREAMS);
  const loads = [1, 0.5, 0.25].map((share) => Math.ceil(share * most));
  return [...new Set(loads)].map((streams) => [{ ...STREAM, tokens: 30, mode: "step", streams }]);
}

/** Measures step after step. Pure but for what `measure` does. */
export async function walkLoads(
  walk: Walk,
): Promise<Pick<Calibration, "levels" | "ceiling_events_per_s" | "ended_by">> {
  const levels: CalibrationLevel[] = [];
  let ceiling_events_per_s: number | null = null;
  let ended_by: Calibration["ended_by"] = "nothing";
  const failed = { independent: 0, step: 0 };
  const most = walk.until === "passed" ? Infinity : walk.until.failed;
  for (const step of walk.steps) {
    const going = step.filter(({ mode }) => failed[mode] < most);
    if (going.length === 0) break;
    const measured: CalibrationLevel[] = [];
    for (const plan of going) measured.push(await untilItPasses(plan, walk));
    levels.push(...measured);
    for (const { mode, streams, limited_by } of measured) {
      failed[mode] = limited_by === null ? 0 : failed[mode] + (streams >= LOADING_STREAMS ? 1 : 0);
    }
    const limit = measured.find(({ limited_by }) => limited_by !== null)?.limited_by ?? null;
    const whole = limit === null && going.length === step.length;
    if (whole) ceiling_events_per_s = Math.min(...measured.map((level) => level.events_per_s));
    if (whole && walk.until === "passed") break;
    ended_by = limit ?? (whole ? "nothing" : ended_by);
  }
  return { levels, ceiling_events_per_s, ended_by };
}

async function untilItPasses(
  plan: LoadPlan,
  { measure, say, tries }: Walk,
): Promise<CalibrationLevel> {
  let level = await measure(plan);
  for (let left = tries - 1; left > 0 && level.limited_by !== null; left--) {
    level = await measure(plan);
  }
  say(levelText(level));
  return level;
}

/** One level in a line. */
export function levelText(level: CalibrationLevel): string {
  const { streams, mode, events_per_s, limited_by, breaches, server_send_late_ms } = level;
  const load = `${streams} streams, ${mode}: ${Math.round(events_per_s)} tokens/s`;
  const ttft = level.ttft_error_ms;
  const errors = `|TTFT error| ${ttft.p50.toFixed(2)} / ${ttft.p99.toFixed(2)} ms (p50 / p99), ` +
    `|TPOT error| ${(100 * level.tpot_error_share.p50).toFixed(2)} %`;
  const verdict = limited_by === null
    ? "within the limits"
    : limited_by === "server"
    ? `the server was late itself (p99 ${server_send_late_ms.p99.toFixed(1)} ms)`
    : `outside: ${breaches.join("; ")}`;
  return `${load}: ${errors}: ${verdict}`;
}

/** The record of a walk. */
export function calibrationOf(
  walked: Awaited<ReturnType<typeof walkLoads>>,
  found: Required<Pick<Calibration, "machine" | "at" | "server">>,
): Calibration {
  const deno = Deno.version.deno;
  return { ...found, deno, transport: "socket", workers: 1, limits: LIMITS, ...walked };
}
