/** What a run was: everything needed to say under which conditions its numbers hold. No secrets. */
import type { Config } from "@/config/schema.ts";
import type { StoredPlan } from "./arrivals_file.ts";
import type { Calibration } from "./calibration_record.ts";
import type { ImportedTrial } from "./imported_trial.ts";
import type { SettingAudit } from "./parity_record.ts";
import type { WorkerChoice } from "./trial_record.ts";
import type { TuningRecord } from "./tuning_record.ts";

export interface Machine {
  cpu: string;
  cores: number;
  memory_bytes: number;
  os: string;
  gpu: string | null;
}

export interface ClientCheck {
  /** Where the known-truth server ran beside the trials, or why there was none. */
  canary: string;
  /** Short, before the run, at 1.5 times its highest level; null where it was left out. */
  calibration: Calibration | null;
}

export interface Manifest {
  /** Version of this folder's form. */
  form: 1;
  run_id: string;
  created_at: string;
  /** The config as read, defaults filled in; `config_name` is its file's name without folder. */
  config_name: string;
  config: Config;
  /** Keys of the config that were translated, superseded or could not be used, with the reason. */
  config_notes: string[];
  plan: StoredPlan;
  /** Entries that were left out, a sentence each with the reason and what to do. */
  not_run: string[];
  prompts: { name: string; sha256: string; count: number };
  /** The command line after the program's name. */
  argv: string[];
  git: { commit: string; dirty: boolean } | null;
  machine: Machine;
  /** Versions by name: deno, v8, project, and one for each entry's engine. */
  versions: Record<string, string>;
  /** What each entry serves: file or id, with a checksum or revision where it is known. */
  models: Record<string, string>;
  /** By entry: what its engine cannot be told, and where it differs from the study; absent in older runs. */
  departures?: Record<string, string[]>;
  /** By launch that was audited: what became of the asked settings; as in the journal's launch lines. */
  achieved_settings?: Record<string, SettingAudit[]>;
  /** The search that chose the settings of the tuned arm; absent where there was none. */
  tuning?: TuningRecord;
  /** What was watched besides the requests; absent in older runs. */
  telemetry?: { interval_s: number; gpu: string };
  /** What carries the requests to each entry, several where replicas differ; absent in older runs: undici. */
  transport?: Record<string, ("socket" | "undici")[]>;
  /** How the client itself was checked; absent in older runs. */
  client_check?: ClientCheck;
  /** How many workers send each load that is planned, and why; absent in older runs and in searches. */
  workers?: ({ load: string } & WorkerChoice)[];
  pinning: { server_cores: string | null; client_cores: string | null; note: string | null };
  /** Where each trial comes from, if the run was measured by other tools; absent for own runs. */
  imported?: ImportedTrial[];
}
