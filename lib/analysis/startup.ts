/** From launches to one row an entry: how its start went and what its log told. */
import { STARTUP_PHASES, type StartupPhase, type ToldAtStart } from "@/records/startup_record.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { spread } from "./levels.ts";
import type { Spread } from "./summary_row.ts";

export interface StartupRow {
  engine: string;
  simulated: boolean;
  /** Launches that became ready and whose phases are on record. */
  launches: number;
  ready_s: Spread;
  /** Seconds in each phase: 0 in a launch that never entered it, null if none did. */
  phases: Record<StartupPhase, Spread | null>;
  told: Record<keyof ToldAtStart, Spread | null>;
}

export const PHASE_NAMES = Object.keys(STARTUP_PHASES) as StartupPhase[];

const TOLD = [
  "kv_cache_tokens",
  "kv_cache_bytes",
  "weights_bytes",
  "graphs_bytes",
  "max_concurrency",
] as const satisfies (keyof ToldAtStart)[];

/** One row for each entry of which a ready launch recorded its phases; none for older runs. */
export function startupRows(launches: readonly LaunchRecord[]): StartupRow[] {
  const usable = launches.filter(({ phases, ready_s }) => phases !== undefined && ready_s !== null);
  return [...Map.groupBy(usable, ({ entry }) => entry)].map(([engine, own]) => ({
    engine,
    simulated: own[0]!.simulated,
    launches: own.length,
    ready_s: spread(own.map(({ ready_s }) => ready_s))!,
    phases: record(PHASE_NAMES, (phase) => {
      const seconds = own.map((launch) => secondsIn(launch, phase));
      return seconds.every((s) => s === 0) ? null : spread(seconds);
    }),
    told: record(TOLD, (field) => spread(own.map(({ told }) => told?.[field] ?? null))),
  }));
}

function secondsIn({ phases }: LaunchRecord, phase: StartupPhase): number {
  return phases!.filter((stay) => stay.phase === phase)
    .reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
}

function record<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
