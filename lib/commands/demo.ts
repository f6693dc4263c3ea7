/** `demo`: the main job, small: a real engine and three simulated ones, from install to report. */
import { planTrials } from "@/config/plan.ts";
import { readConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { writeReport } from "@/report/write_report.ts";
import { setupLlamaCpp } from "@/setup/llama_cpp_setup.ts";
import { SetupError } from "@/setup/python.ts";
import { resolutionText } from "./resolution_text.ts";
import { runStudy } from "./run_study.ts";
import { withoutKind } from "./select_entries.ts";
import { readStudyPrompts, studyOf } from "./study.ts";

const CONFIG = "configs/demo.yaml";
const PROMPTS = "configs/prompts.json";
const REPORT = "reports/demo";

/** Gives the exit code: 0 when a trial succeeded, 1 when none did, 130 after an interrupt. */
export async function demo(argv: string[]): Promise<number> {
  const { config: all, notes } = readConfig(CONFIG);
  const { config, notRun } = await withRealEngine(all);
  const prompts = readStudyPrompts(PROMPTS, config);
  const read = { config, configNotes: notes, prompts, argv, notRun };
  const study = studyOf({ config: CONFIG }, read);
  const { output } = study;
  console.error(resolutionText(config));
  const { finished, failures, interrupted } = await runStudy(study, planTrials(config));
  for (const failure of failures) console.error(`failed: ${failure}`);
  const { page, answer } = writeReport([readRunFolder(output)], REPORT);
  console.log(`\nrun folder: ${output}`);
  for (const line of notRun) console.log(line);
  console.log(
    answer.length === 0
      ? "Nothing could be compared; the report says why."
      : "A small run on this machine's CPU; its answer is exploratory:",
  );
  for (const text of answer) console.log(`  ${text}`);
  console.log(page);
  return interrupted ? 130 : finished === 0 ? 1 : 0;
}

/** Installs the real engine; where that cannot be done, leaves it out and says why. */
async function withRealEngine(config: Config): Promise<{ config: Config; notRun: string[] }> {
  try {
    await setupLlamaCpp((line) => console.error(line));
    return { config, notRun: [] };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const reason = `llama.cpp: not run, because ${error.message}`;
    console.error(reason);
    return { config: withoutKind(config, "llama-cpp"), notRun: [reason] };
  }
}
