/** What was found of the client of one machine against a server of known truth (method note 5.3). */
import { join } from "node:path";
import type { Machine } from "./manifest.ts";

/** Where `calibrate` keeps its last one, from the project's folder. */
export const CALIBRATION_FOLDER = "data/calibration";
const FILE = "calibration.json";

export interface Calibration {
  at: string;
  machine: Machine;
  deno: string;
  transport: string;
  /** Of known truth; absent in records from before there was one in C. */
  server?: CalibrationServer;
  /** Processes or workers that sent. */
  workers: number;
  limits: CalibrationLimits;
  levels: CalibrationLevel[];
  /** Token events a second that the client still measured within its limits, in both modes. */
  ceiling_events_per_s: number | null;
  /** What stopped the walk: the client or the server broke a limit, or nothing did. */
  ended_by: "client" | "server" | "nothing";
}

export interface CalibrationServer {
  /** The one written in Deno is late itself at high loads. */
  language: "c" | "deno";
  /** Why it is not the one in C; null where it is. */
  why: string | null;
}

/** Largest errors that a fit client makes. */
export interface CalibrationLimits {
  ttft_error_ms_p50: number;
  ttft_error_ms_p99: number;
  tpot_error_share_p50: number;
  throughput_error_share: number;
  gap_error_ms_p99: number;
}

/** One load, and how wrong the client was under it. Sizes of errors, without sign. */
export interface CalibrationLevel {
  mode: "step" | "independent";
  streams: number;
  /** Between two tokens of a stream. */
  token_ms: number;
  /** Token events a second, by the server's own log. */
  events_per_s: number;
  requests: number;
  failed: number;
  /** Without the time until the server had read the request. */
  ttft_error_ms: Quantiles;
  tpot_error_share: Quantiles;
  gap_error_ms: Quantiles;
  throughput_error_share: number;
  /** How late the server's tokens left, and how late it read requests: its own faults. */
  server_send_late_ms: Quantiles;
  server_read_late_ms: Quantiles;
  /** Limits that were broken; empty when none was. */
  breaches: string[];
  limited_by: "client" | "server" | null;
}

export interface Quantiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Over an older one; gives its path. */
export function storeCalibration(calibration: Calibration, folder: string): string {
  Deno.mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  Deno.writeTextFileSync(path, `${JSON.stringify(calibration, null, 2)}\n`);
  return path;
}

/** The one that `folder` holds; null where there is none. Throws an Error for a file that is damaged. */
export function readCalibration(folder: string = CALIBRATION_FOLDER): Calibration | null {
  const path = join(folder, FILE);
  try {
    const read = JSON.parse(Deno.readTextFileSync(path)) as Calibration | null;
    if (read?.machine === undefined || read.ceiling_events_per_s === undefined) {
      throw new Error("it lacks the machine or the ceiling");
    }
    return read;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
}
