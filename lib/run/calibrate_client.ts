/** Calibrates the client of this machine on a known-truth server of its own. */
import type { Calibration } from "@/records/calibration_record.ts";
import type { Machine } from "@/records/manifest.ts";
import { startTruthServer } from "@/truth/truth_process.ts";
import { calibrationOf, type Walk, walkLoads } from "./calibration.ts";
import { type KnownServer, type LoadPlan, measureLevel } from "./calibration_level.ts";

export interface CalibrationOptions {
  steps: LoadPlan[][];
  until: Walk["until"];
  tries: number;
  /** Core list for the server; null leaves it on all cores. */
  cores: string | null;
  machine: Machine;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** Awake so long before tokens are due, to be as punctual as it can be. */
const SPIN_MS = 1;
/**
 * Code that has not run yet is slow in both programs, and no trial begins with it. Single streams
 * tell best how far the two clocks are from each other.
 */
const WARM_UP: LoadPlan[] = [
  { mode: "step", streams: 4, token_ms: 10, tokens: 50, rounds: 2 },
  { mode: "independent", streams: 1, token_ms: 5, tokens: 5, rounds: 10 },
];

/** Rejects when the server does not start, nothing comes through or `signal` aborts. */
export async function calibrateClient(options: CalibrationOptions): Promise<Calibration> {
  const { steps, until, tries, cores, machine, signal, say } = options;
  const at = new Date().toISOString();
  await using server = await startTruthServer({ cores, spin_ms: SPIN_MS });
  const known: KnownServer = { server };
  const measure = (plan: LoadPlan) => measureLevel(plan, known, signal);
  for (const plan of WARM_UP) await measure(plan);
  return calibrationOf(await walkLoads({ steps, until, tries, measure, say }), machine, at);
}
