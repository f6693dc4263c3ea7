/** Calibrates the client of this machine on a server of known truth. */
import type { Calibration, CalibrationServer } from "@/records/calibration_record.ts";
import type { Machine } from "@/records/manifest.ts";
import type { TruthSource } from "@/truth/truth_source.ts";
import { calibrationOf, type Walk, walkLoads } from "./calibration.ts";
import { type KnownServer, type LoadPlan, measureLevel } from "./calibration_level.ts";

export interface CalibrationOptions {
  steps: LoadPlan[][];
  until: Walk["until"];
  tries: number;
  source: TruthSource & CalibrationServer;
  machine: Machine;
  signal: AbortSignal;
  say: (line: string) => void;
}

/**
 * Code that has not run yet is slow in both programs, and no trial begins with it. Single streams
 * tell best how far the two clocks are from each other.
 */
const WARM_UP: LoadPlan[] = [
  { mode: "step", streams: 20, token_ms: 5, tokens: 20, rounds: 15 },
  { mode: "independent", streams: 1, token_ms: 5, tokens: 5, rounds: 10 },
];

/** Rejects when the server does not start, nothing comes through or `signal` aborts. */
export async function calibrateClient(options: CalibrationOptions): Promise<Calibration> {
  const { steps, until, tries, source, machine, signal, say } = options;
  const at = new Date().toISOString();
  const known: KnownServer = { source };
  const measure = (plan: LoadPlan) => measureLevel(plan, known, signal);
  for (const plan of WARM_UP) await measure(plan);
  const walked = await walkLoads({ steps, until, tries, measure, say });
  const { language, why } = source;
  return calibrationOf(walked, { machine, at, server: { language, why } });
}
