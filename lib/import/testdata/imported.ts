/** Sample result files, written by the tools against a server of known speed, and their import. */
import { join } from "node:path";
import { summarize } from "@/analysis/summary.ts";
import { type Timeline, timelines } from "@/analysis/timeline.ts";
import { type FileToImport, importFiles } from "@/import/import_files.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { SummaryRow } from "@/analysis/summary_row.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { allRequests } from "@/records/trial_requests.ts";

/** The path of a sample, e.g. `sglang_0.5.23/out.jsonl`. */
export function sample(name: string): string {
  return join(import.meta.dirname!, name);
}

/** A sample's only document, for numbers that the tool itself printed. */
export function sampleJson(name: string) {
  const text = Deno.readTextFileSync(sample(name)).trim().replace(/: -?Infinity/g, ": null");
  return JSON.parse(text);
}

export interface Imported {
  rows: SummaryRow[];
  requests: RequestRecord[];
  manifest: Manifest;
  timelines: Timeline[];
  problems: string[];
}

/** The files through the importer and a run folder and back. */
export async function imported(...files: (string | FileToImport)[]): Promise<Imported> {
  const folder = Deno.makeTempDirSync();
  try {
    const output = join(folder, "run");
    const { run: written, problems } = await importFiles(
      files.map((file) => typeof file === "string" ? { path: file, entry: null } : file),
      { output, tool: null, concurrency: null, argv: ["import"], now: new Date(0) },
    );
    const sentences = problems.map(({ sentence }) => sentence);
    if (written === null) throw new Error(sentences.join("\n"));
    const run = readRunFolder(output);
    const { manifest } = run;
    return {
      rows: summarize(run),
      requests: allRequests(run.requests),
      manifest,
      timelines: timelines(run),
      problems: [...sentences, ...run.problems],
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Writes `content` as `name` into a folder that goes with `use`. */
export async function withFile<T>(
  name: string,
  content: string,
  use: (path: string) => T | Promise<T>,
): Promise<T> {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, name);
    Deno.writeTextFileSync(path, content);
    return await use(path);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Journals round to whole microseconds, so sums of rounded times are off by a few. */
export function near(actual: number | null | undefined, expected: number, off = 0.002): void {
  if (actual == null || Math.abs(actual - expected) > off) {
    throw new Error(`${actual}, not ${expected}`);
  }
}
