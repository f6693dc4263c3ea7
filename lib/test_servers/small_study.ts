/** Small studies for `bench` in a folder of their own. */
import assert from "node:assert/strict";
import { type JournalLine, parseJournal } from "@/records/journal.ts";
import { run } from "./command_line.ts";
import { type TempFolder, textOf } from "./processes.ts";

const SMALL = {
  concurrency_levels: [1],
  requests_per_level: 3,
  warmup_requests: 0,
  max_tokens: 4,
  blocks: 1,
};

/** Arguments of `bench` for a study of these engines; the run folder is `run` in the folder. */
export function study(folder: TempFolder, engines: object, benchmark: object = {}): string[] {
  const config = { engines, benchmark: { ...SMALL, ...benchmark } };
  const path = folder.file("study.yaml", JSON.stringify(config));
  return ["bench", "--no-calibrate", "--config", path, "--output", folder.file("run")];
}

/** A simulated entry; its processes are found by the folder's path. */
export const simulated = (folder: TempFolder, ...extra_args: string[]) => ({
  kind: "simulated",
  wire: "vllm",
  extra_args: ["--truth", folder.file("truth"), ...extra_args],
});

export const external = (base_url: string, rest = {}) => ({
  kind: "external",
  base_url,
  model: "m",
  ...rest,
});

/** What `summary --json` prints of that study's run, and what it says on stderr. */
export async function summaryOf(folder: TempFolder) {
  const { code, stdout, stderr } = await run(["summary", folder.file("run"), "--json"]);
  assert.equal(code, 0, stderr);
  return { rows: JSON.parse(stdout), stderr };
}

/** Lines of the run's journal of that type. */
export function journal<T extends JournalLine["type"]>(folder: TempFolder, type: T) {
  const { lines } = parseJournal(textOf(folder.file("run/journal.ndjson")));
  return lines.filter((line): line is Extract<JournalLine, { type: T }> => line.type === type);
}
