/** What a command line asks to be measured: config, prompts and where the records go. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { parsePrompts, type Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { givesLengths } from "@/config/workload_schema.ts";
import { readSource, type Source } from "@/config/yaml_source.ts";
import { promptsOf } from "@/load/workload.ts";
import type { TuningRecord } from "@/records/tuning_record.ts";
import { usableOutput } from "./output_folder.ts";
import { UsageError } from "./usage_error.ts";

export interface Study {
  config: Config;
  configPath: string;
  configNotes: string[];
  prompts: StudyPrompts;
  /** The run folder to make. */
  output: string;
  argv: string[];
  notRun: string[];
  /** Check the client against a known truth first; see `shortCalibration`. */
  calibrate: boolean;
  /** The search that chose its settings. */
  tuning?: TuningRecord;
}

/** The prompts that may be asked, and the file they are from. */
export interface StudyPrompts {
  name: string;
  sha256: string;
  prompts: Prompt[];
}

/** Options that every command has that measures. */
export interface MeasureOptions {
  config: string;
  prompts: string;
  output?: string;
  /** False with `--no-calibrate`. */
  calibrate?: boolean;
}

/** The study that `options` ask for. Throws `UsageError` where its run folder is in use. */
export function studyOf(
  options: Omit<MeasureOptions, "prompts">,
  read: Pick<Study, "config" | "configNotes" | "prompts" | "argv" | "notRun">,
): Study {
  const output = options.output ?? defaultOutput(options.config);
  usableOutput(output);
  const { config: configPath, calibrate = true } = options;
  return { ...read, configPath, output, calibrate };
}

/**
 * Reads the prompts file at `path` and checks that it has what the workloads want. Throws `ConfigError`
 * or `UsageError`; with `locate` it says where in the config the fault is.
 */
export function readStudyPrompts(
  path: string,
  config: Pick<Config, "workloads">,
  locate?: Source["locate"],
): StudyPrompts {
  const { text } = readSource(path);
  const prompts = parsePrompts(text, path);
  for (const [name, workload] of Object.entries(config.workloads)) {
    if (givesLengths(workload)) continue;
    try {
      promptsOf(name, workload.categories, prompts);
    } catch (error) {
      const place = locate ? `${locate(["workloads", name, "categories"])} ` : "";
      throw new UsageError(place + (error as Error).message);
    }
  }
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { name: basename(path), sha256, prompts };
}

/** A new run folder's default name: `data/<config>-<UTC>`. */
export function defaultOutput(configPath: string, now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\.\d+Z$/, "Z");
  return `data/${basename(configPath).replace(/\.[^.]+$/, "")}-${stamp}`;
}
