/** `bench`: measures what a config describes and prints the run folder's path. */
import { readTraces } from "@/config/arrivals/arrival_lists.ts";
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { readConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { tuningOf } from "@/config/tuning.ts";
import { dividePrompts } from "@/config/tuning_prompts.ts";
import { entryFits } from "@/engines/support/entry_fit.ts";
import { renderDryRun } from "./dry_run.ts";
import { leftOut } from "./left_out.ts";
import { nextCommands } from "./next_studies.ts";
import { usableOutput } from "./output_folder.ts";
import { plannedGpu } from "./study_gpu.ts";
import { preflight, refuseUnfit, refuseWrongFlags } from "./preflight.ts";
import { runStudy } from "./run_study.ts";
import { refuseWrongLengths } from "./length_check.ts";
import { resolutionText } from "./resolution_text.ts";
import { selectEntries } from "./select_entries.ts";
import { type MeasureOptions, readStudyPrompts, studyOf } from "./study.ts";
import { launchable, tunedStudy, tuningOutput } from "./tune.ts";
import { UsageError } from "./usage_error.ts";

export interface BenchOptions extends MeasureOptions {
  engine?: string;
  dryRun?: boolean;
  /** Of an hour of the machine, in the config's currency; stronger than the config's. */
  price?: string;
}

/** Gives the exit code: 0 when a trial succeeded, 1 when none did, 130 after an interrupt. */
export async function bench(options: BenchOptions, argv: string[]): Promise<number> {
  const { config: all, notes, locate } = readConfig(options.config);
  for (const note of notes) console.error(note);
  const config = withPrice(selectEntries(all, options.engine), options.price);
  const asked = readStudyPrompts(options.prompts, config, locate);
  const { prompts } = asked;
  const plan = planTrials(config, readTraces(config));
  if (plannedTrials(plan).length === 0) {
    throw new UsageError(`${options.config} has no load but a search; run it by deno task search`);
  }
  const tuning = tuningOf(config);
  if (tuning !== null) dividePrompts(prompts, config, tuning);
  const tried = launchable(config, tuning, { path: options.config, locate });
  await refuseWrongLengths(tried.config, tried.file);
  if (options.dryRun) {
    const fits = entryFits(tried.config, await plannedGpu(config));
    console.log(renderDryRun(config, plan, { fits, tuning, prompts }));
    refuseUnfit(fits, tried.file);
    await refuseWrongFlags(tried.config, tried.file);
    return 0;
  }
  await preflight(tried.config, tried.file);
  console.error(resolutionText(config));
  const read = { config, configNotes: notes, prompts: asked, argv, notRun: leftOut(config) };
  const plain = studyOf(options, read);
  if (tuning !== null) usableOutput(tuningOutput(plain.output));
  const study = tuning === null ? plain : await tunedStudy(plain, tuning);
  if (study === null) return 130;
  const { finished, failures, interrupted } = await runStudy(study, plan);
  for (const failure of failures) console.error(`failed: ${failure}`);
  if (finished === 0 && !interrupted) console.error("no trial succeeded");
  for (const line of nextCommands(config)) console.error(line);
  console.log(study.output);
  return interrupted ? 130 : finished === 0 ? 1 : 0;
}

/** Throws `UsageError` for a price that is no positive number. */
function withPrice(config: Config, price: string | undefined): Config {
  if (price === undefined) return config;
  const price_per_hour = Number(price);
  if (!(price_per_hour > 0 && price_per_hour < Infinity)) {
    throw new UsageError(`--price ${price}: expected what an hour costs, a number such as 2.5`);
  }
  return { ...config, hardware: { ...config.hardware, price_per_hour } };
}
