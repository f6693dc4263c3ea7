/** `search`: the largest load at which one entry keeps an SLO, as a bracket. */
import { readConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { searchResult } from "@/analysis/search_result.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { runLaunches } from "@/run/run_plan.ts";
import { refuseWrongLengths } from "./length_check.ts";
import { preflight } from "./preflight.ts";
import { inRunFolder } from "./run_study.ts";
import { searchLaunches } from "./search_launches.ts";
import { type MeasureOptions, readStudyPrompts, studyOf } from "./study.ts";
import { UsageError } from "./usage_error.ts";

export interface SearchOptions extends MeasureOptions {
  entry: string;
}

/** Gives the exit code: 0 when the search came to its end, 1 when it did not, 130 after an interrupt. */
export async function search(options: SearchOptions, argv: string[]): Promise<number> {
  const { config: all, notes, locate } = readConfig(options.config);
  for (const note of notes) console.error(note);
  const { entry } = options;
  const { config, workload } = onlySearch(all, options);
  await refuseWrongLengths(config, { locate });
  await preflight(config, { path: options.config, locate });
  const prompts = readStudyPrompts(options.prompts, config, locate);
  const study = studyOf(options, { config, configNotes: notes, prompts, argv, notRun: [] });
  const plan = { seed: config.benchmark.seed, launches: [] };
  const { failures, interrupted } = await inRunFolder(study, plan, null, async (context) => {
    const arrivals = {};
    const { folder } = context;
    const searched = {
      config,
      search: config.benchmark.search!,
      entry,
      workload,
      folder,
      arrivals,
    };
    return await runLaunches(searchLaunches(searched), { ...context, arrivals });
  });
  for (const failure of failures) console.error(`failed: ${failure}`);
  const result = searchResult(readRunFolder(study.output));
  const label = config.engines[entry]!.kind === "simulated" ? "Simulated: " : "";
  console.log(result === null ? "nothing was measured" : `${label}${result.sentence}`);
  console.log(study.output);
  if (interrupted) return 130;
  return result === null || result.outcome === "unfinished" ? 1 : 0;
}

/** The config with that entry and no load but the search. Throws `UsageError` where it has none. */
function onlySearch(config: Config, { config: file, entry }: SearchOptions) {
  const { loads: _, ...benchmark } = config.benchmark;
  const settings = config.engines[entry];
  if (settings === undefined) {
    const known = Object.keys(config.engines).join(", ");
    throw new UsageError(`--entry ${entry}: no entry of that name; ${file} has ${known}`);
  }
  if (benchmark.search === undefined) {
    throw new UsageError(
      `${file} has no benchmark.search; say there which limits the requests are to keep, e.g.\n` +
        "  search: { slo: { ttft_ms: 500 }, start_rate_per_s: 1, max_rate_per_s: 64 }",
    );
  }
  const [workload, ...others] = Object.keys(config.workloads);
  if (others.length > 0) {
    throw new UsageError(`${file} has several workloads; a search is about one`);
  }
  return {
    config: {
      ...config,
      engines: { [entry]: settings },
      benchmark: { ...benchmark, concurrency_levels: [] },
    },
    workload: workload!,
  };
}
