/** Config entries that launch the stand-ins, and launches of one; only tests use them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig } from "@/config/read_config.ts";
import { launch, LaunchError } from "@/engines/launch.ts";
import type { TempFolder } from "@/test_servers/processes.ts";

const never = new AbortController().signal;
export const executable = (name: string) => join(import.meta.dirname!, `${name}_stand_in.sh`);

export const ENTRIES = {
  "vllm": { kind: "vllm", executable: executable("vllm"), extra_args: ["--max-num-seqs=8"] },
  "sglang": {
    kind: "sglang",
    executable: executable("sglang"),
    extra_args: ["--max-running-requests", "8"],
  },
  "trtllm": {
    kind: "tensorrt-llm",
    executable: executable("trtllm_serve"),
    extra_args: ["--max_batch_size", "8"],
  },
} as const;

export type Name = keyof typeof ENTRIES;

/** A study of these engines and one model. */
export function configOf(engines: object, benchmark: object = {}) {
  const study = { model: { name: "some/model" }, engines };
  const text = JSON.stringify({ ...study, benchmark: { start_timeout_s: 30, ...benchmark } });
  return parseConfig(text, "study.json").config;
}

/** Launches `entry` alone, its log in the folder. */
export function start(folder: TempFolder, entry: object) {
  const config = configOf({ e: entry });
  return launch({ config, entry: "e", cores: null, log: folder.file("log"), signal: never });
}

/** How a launch failed; throws if it did not. */
export async function failureOf(started: Promise<unknown>): Promise<LaunchError> {
  const error = await started.then(() => null, (error) => error);
  assert.ok(error instanceof LaunchError, `${error}`);
  return error;
}
