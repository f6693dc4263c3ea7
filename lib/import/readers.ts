/** The tools whose files can be read, and how a file's tool is found. */
import { aiperf } from "./aiperf.ts";
import type { ForeignTrial, Reader } from "./foreign_trial.ts";
import { genaiBench } from "./genai_bench.ts";
import { guidellm } from "./guidellm.ts";
import { ImportProblem } from "./import_problem.ts";
import { inferencePerf } from "./inference_perf.ts";
import { sglang } from "./sglang.ts";
import type { SourceFile } from "./source_file.ts";
import { vllmBench } from "./vllm_bench.ts";

export const READERS: readonly Reader[] = [
  aiperf,
  guidellm,
  vllmBench,
  sglang,
  genaiBench,
  inferencePerf,
];

/** Files that lie beside a result and hold none, by what is in their name. */
const NO_RESULTS: [name: RegExp, instead: string][] = [
  [/^profile_export_aiperf\.csv$/, "give profile_export_aiperf.json"],
  [/^benchmarks\.csv$/, "give benchmarks.json"],
  [/^experiment_metadata\.json$/, "give the files of its levels; it is read with them"],
  [/^validation\.json$/, "give stage_0_lifecycle_metrics.json and so on"],
  [/\.ya?ml$/, "a config is no result; deno task bench runs one"],
];

/** The reader that `tool` names or, without it, the one whose content this is. */
export function readerOf(source: SourceFile, tool: string | null): Reader {
  const found = READERS.filter((reader) => reader.recognises(source));
  const named = READERS.find((reader) => reader.tool === tool);
  if (named !== undefined) {
    if (named.recognises(source) || found.length === 0) return named;
    throw new ImportProblem(
      `is of ${found[0]!.tool}, not of ${tool}; leave out --tool or give --tool ${found[0]!.tool}`,
    );
  }
  if (found.length > 0) return found[0]!;
  const [, instead] = NO_RESULTS.find(([name]) => name.test(source.name)) ?? [];
  throw new ImportProblem(
    `is no result file of ${READERS.map((reader) => reader.tool).join(", ")}${seenIn(source)}${
      instead === undefined ? "" : `; ${instead}`
    }`,
  );
}

function seenIn({ documents: [first] }: SourceFile): string {
  if (first === undefined) return " (it is not JSON)";
  if (typeof first !== "object" || first === null) return ` (it holds ${JSON.stringify(first)})`;
  if (Array.isArray(first)) return ` (it holds a list of ${first.length})`;
  const keys = Object.keys(first);
  return ` (its keys: ${keys.slice(0, 6).join(", ")}${keys.length > 6 ? ", …" : ""})`;
}

/** All trials in a file, and the tool that they are of. */
export function readTrials(
  source: SourceFile,
  { tool, concurrency }: { tool: string | null; concurrency: number | null },
): { tool: string; trials: ForeignTrial[] } {
  const reader = readerOf(source, tool);
  return { tool: reader.tool, trials: reader.read(source, concurrency) };
}
