/** The search of the tuned arm: tries every candidate, and gives the study with the chosen ones. */
import { tuningRecord } from "@/analysis/tuning_result.ts";
import type { Config } from "@/config/schema.ts";
import {
  type CandidateEntry,
  searchConfig,
  type Tuning,
  withChosen,
  withEveryCandidate,
} from "@/config/tuning.ts";
import { dividePrompts } from "@/config/tuning_prompts.ts";
import type { Path } from "@/config/yaml_source.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import type { CandidateRecord, TuningRecord } from "@/records/tuning_record.ts";
import { maskedArgv } from "@/engines/secrets.ts";
import { portablePaths } from "@/run/portable_paths.ts";
import { runLaunches } from "@/run/run_plan.ts";
import { machineSlots, type SlotClock, tuningLaunches } from "@/run/tuning_launches.ts";
import type { ConfigFile } from "./preflight.ts";
import { inRunFolder } from "./run_study.ts";
import type { Study } from "./study.ts";

/** Where the raw data of the search for the run folder `output` go. */
export function tuningOutput(output: string): string {
  return `${output.replace(/\/+$/, "")}-tuning`;
}

/**
 * Runs the search of `study` and gives the study as it is to be run: each entry with the settings of its
 * best candidate, the record of all of them, and only prompts that the search did not ask. Null after an
 * interrupt. Throws where an entry has no candidate that can be chosen; the search's data are kept.
 */
export async function tunedStudy(
  study: Study,
  tuning: Tuning,
  clock: SlotClock = machineSlots,
): Promise<Study | null> {
  const divided = dividePrompts(study.prompts.prompts, study.config, tuning);
  const config = searchConfig(study.config, tuning);
  const output = tuningOutput(study.output);
  const spent_minutes = new Map<string, number>();
  const search: Study = {
    ...study,
    config,
    output,
    notRun: [],
    calibrate: false,
    prompts: { ...study.prompts, prompts: divided.search },
  };
  const plan = { seed: tuning.seed, launches: [] };
  const { interrupted } = await inRunFolder(search, plan, null, (context) => {
    const { folder } = context;
    const arrivals = {};
    const launches = tuningLaunches({ config, tuning, folder, arrivals, clock, spent_minutes });
    return runLaunches(launches, { ...context, arrivals });
  });
  if (interrupted) return null;
  const record = withoutSecrets(tuningRecord(readRunFolder(output), tuning, spent_minutes));
  for (const line of tuningText(record)) console.error(line);
  return {
    ...study,
    config: withChosen(study.config, chosenOf(tuning, record, output)),
    tuning: record,
    prompts: { ...study.prompts, prompts: divided.study },
  };
}

/** The chosen candidate of each entry that searched. */
function chosenOf(
  { candidates }: Tuning,
  record: TuningRecord,
  output: string,
): Map<string, CandidateEntry> {
  const chosen = new Set(record.candidates.filter((each) => each.chosen).map(({ name }) => name));
  const best = new Map(
    candidates.filter(({ name }) => chosen.has(name)).map((each) => [each.entry, each]),
  );
  const without = [...new Set(candidates.map(({ entry }) => entry))].filter((e) => !best.has(e));
  if (without.length === 0) return best;
  const reasons = record.candidates.filter(({ entry }) => without.includes(entry))
    .map(({ name, why_not }) => `  ${name}: ${why_not}`);
  throw new Error(
    `no candidate of ${without.join(", ")} can be chosen, so the study was not run:\n${
      reasons.join("\n")
    }\n  to do: see the logs in ${output}/logs; change the candidates or give them more minutes`,
  );
}

/** As it may be recorded: without secrets and this machine's folders. */
function withoutSecrets(record: TuningRecord): TuningRecord {
  const portable = (candidate: CandidateRecord): CandidateRecord => ({
    ...candidate,
    extra_args: maskedArgv(candidate.extra_args).map(portablePaths),
    env: Object.fromEntries(
      Object.entries(candidate.env).map(([name, value]) => [name, portablePaths(value)]),
    ),
  });
  return { ...record, candidates: record.candidates.map(portable) };
}

/** A line for each candidate. */
function tuningText({ candidates, metric }: TuningRecord): string[] {
  const found = ({ value, rounds, why_not }: CandidateRecord) =>
    why_not ?? `${metric} ${value!.toPrecision(4)} (median of ${rounds.length})`;
  const mark = ({ simulated, stand_in }: CandidateRecord) =>
    stand_in !== undefined ? " (stand-in)" : simulated ? " (simulated)" : "";
  return candidates.map((each) =>
    `tuned: ${each.name}${mark(each)}: ${found(each)}${each.chosen ? ", chosen" : ""}`
  );
}

/** What of a study can be launched at all, its search included; places are those of the file. */
export function launchable(
  config: Config,
  tuning: Tuning | null,
  file: ConfigFile,
): { config: Config; file: ConfigFile } {
  if (tuning === null) return { config, file };
  const locate: ConfigFile["locate"] = (path, at) =>
    file.locate(pathInFile(path, config, tuning), at);
  return { config: withEveryCandidate(config, tuning), file: { ...file, locate } };
}

/** A candidate's own arguments stand with it, after those of its entry. */
function pathInFile(path: Path, config: Config, { candidates }: Tuning): Path {
  const candidate = candidates.find(({ name }) => path[0] === "engines" && path[1] === name);
  if (candidate === undefined) return path;
  const { entry, index } = candidate;
  const settings = config.engines[entry]!;
  const common = "extra_args" in settings ? settings.extra_args.length : 0;
  const [key, place, ...rest] = path.slice(2);
  if (key !== "extra_args" || typeof place !== "number") {
    return key === undefined
      ? ["engines", entry, "candidates", index]
      : ["engines", entry, ...path.slice(2)];
  }
  return place < common
    ? ["engines", entry, "extra_args", place, ...rest]
    : ["engines", entry, "candidates", index, "extra_args", place - common, ...rest];
}
