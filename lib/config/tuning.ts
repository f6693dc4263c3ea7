/** The search of the tuned arm: a few candidates for each entry, tried before the study. Pure. */
import { type Load, loadLabel } from "./load_point.ts";
import type { OpenLoadEntry } from "./load_schema.ts";
import { plannedLoads } from "./planned_loads.ts";
import type { Config, EngineEntry } from "./schema.ts";
import { seedOf } from "./seeds.ts";
import { armOf, type Settings } from "./settings.ts";
import { type UseCase, useCases } from "./use_cases.ts";

/** What a candidate changes of its entry; an entry as `external` has none. */
export interface Candidate {
  settings?: Settings | undefined;
  extra_args?: string[] | undefined;
  env?: Record<string, string> | undefined;
}

/** One candidate as an entry of its own. */
export interface CandidateEntry {
  /** `<entry>.<place in its list, from 1>`. */
  name: string;
  entry: string;
  /** Place in its list, from 0. */
  index: number;
  settled: EngineEntry;
  minutes: number;
}

/** A trace is the same in every round, and the study's, so nothing is searched at one. */
export type SearchedLoad = Exclude<Load, { mode: "trace" }>;

/** All that is decided of a search before it starts. */
export interface Tuning {
  minutes_per_entry: number;
  use_case: UseCase;
  load: SearchedLoad;
  candidates: CandidateEntry[];
  /** Tuned entries that bring a recipe of their own and search nothing. */
  recipes: string[];
  /** Of the search's prompts and lengths; never the study's. */
  seed: number;
}

/** The search of a config; null where no entry has candidates. Throws where `tuningProblems` has some. */
export function tuningOf(config: Config): Tuning | null {
  const candidates = Object.entries(config.engines).flatMap(([entry, settings]) =>
    candidatesOf(settings).map((candidate, index, all): CandidateEntry => ({
      name: `${entry}.${index + 1}`,
      entry,
      index,
      settled: withCandidate(settings, candidate),
      minutes: (config.tuning?.minutes_per_entry ?? 0) / all.length,
    }))
  );
  if (candidates.length === 0) return null;
  const use_case = searchedUseCase(config);
  const recipes = Object.entries(config.engines).filter(([, settings]) =>
    armOf(config, { arm: settings.arm }) === "tuned" && candidatesOf(settings).length === 0
  ).map(([name]) => name);
  return {
    minutes_per_entry: config.tuning!.minutes_per_entry,
    use_case,
    load: searchedLoad(config, use_case)!,
    candidates,
    recipes,
    seed: seedOf(config.benchmark.seed, "tuning"),
  };
}

/** The study with each candidate as an entry in place of the entry that it belongs to. */
export function withEveryCandidate(config: Config, { candidates }: Tuning): Config {
  const engines = Object.entries(config.engines).flatMap(([name, entry]) => {
    const own = candidates.filter((candidate) => candidate.entry === name);
    return own.length === 0
      ? [[name, entry] as const]
      : own.map((c) => [c.name, c.settled] as const);
  });
  return { ...config, engines: Object.fromEntries(engines) };
}

/** The config of the search alone: the candidates, one workload at one load, the search's own seed. */
export function searchConfig(config: Config, tuning: Tuning): Config {
  const { use_cases: _use_cases, tuning: _tuning, left_out: _left_out, ...rest } = config;
  const { loads: _loads, search: _search, looks: _looks, ...benchmark } = config.benchmark;
  const { load, use_case: { workload } } = tuning;
  return {
    ...rest,
    engines: Object.fromEntries(tuning.candidates.map(({ name, settled }) => [name, settled])),
    workloads: { [workload]: config.workloads[workload]! },
    accuracy: false,
    benchmark: {
      ...benchmark,
      ...(load.mode === "closed"
        ? { concurrency_levels: [load.concurrency] }
        : { concurrency_levels: [], loads: [asEntry(load)] }),
      blocks: 1,
      seed: tuning.seed,
    },
  };
}

/** The study with the chosen candidates in place of their entries, by the entries' names. */
export function withChosen(config: Config, chosen: ReadonlyMap<string, CandidateEntry>): Config {
  const engines = Object.entries(config.engines).map(([name, entry]) =>
    [name, chosen.get(name)?.settled ?? entry] as const
  );
  return { ...config, engines: Object.fromEntries(engines) };
}

/** What the keys of a search and its study can only be wrong about together. */
export function tuningProblems(config: Config): { path: string[]; problem: string }[] {
  const { engines, tuning } = config;
  const searching = Object.entries(engines).filter(([, entry]) => candidatesOf(entry).length > 0);
  if (searching.length === 0) {
    if (tuning === undefined) return [];
    const problem = "no entry has `candidates` to search among; add some, or take this out";
    return [{ path: ["tuning"], problem }];
  }
  const found = searching.flatMap(([name, entry]) => entryProblems(name, entry, config));
  const [first] = searching as [[string, EngineEntry]];
  if (tuning === undefined) {
    const problem = "candidates need a budget; set `tuning: { minutes_per_entry: 40 }`";
    return [...found, { path: ["engines", first[0], "candidates"], problem }];
  }
  return [...found, ...useCaseProblem(config)];
}

function entryProblems(name: string, entry: EngineEntry, config: Config) {
  const path = ["engines", name, "candidates"];
  const arm = armOf(config, { arm: entry.arm });
  const problems = arm === "tuned"
    ? []
    : [`only the tuned arm searches, and this entry's is ${arm ?? "none"}; set \`arm: tuned\``];
  const taken = candidatesOf(entry).map((_, i) => `${name}.${i + 1}`)
    .filter((each) => config.engines[each] !== undefined);
  problems.push(...taken.map((each) => `${each} is also an entry of its own; rename that`));
  return problems.map((problem) => ({ path, problem }));
}

function useCaseProblem(config: Config): { path: string[]; problem: string }[] {
  const at = (problem: string) => [{ path: ["tuning", "use_case"], problem }];
  const named = config.tuning?.use_case;
  let use_case: UseCase | undefined;
  try {
    use_case = searchedUseCase(config);
  } catch {
    // Wrong use cases are told of by their own check.
    return [];
  }
  if (use_case === undefined) {
    const known = useCases(config).map(({ name }) => name).join(", ") || "none";
    return at(
      `${named === undefined ? "a load is needed" : `no use case ${named}`}; it has ${known}`,
    );
  }
  if (use_case.metric === "slo_goodput_per_s") {
    return at(
      `${use_case.name} goes by SLO goodput, by which no candidates are told apart; name another`,
    );
  }
  if (searchedLoad(config, use_case) !== undefined) return [];
  return at(
    `${use_case.name} is judged at ${use_case.load}, and candidates are tried at one load, which is ` +
      "no trace; name a use case at a number of users or at a rate",
  );
}

function searchedUseCase(config: Config): UseCase {
  const all = useCases(config);
  const { use_case } = config.tuning ?? {};
  return (use_case === undefined ? all[0] : all.find(({ name }) => name === use_case))!;
}

function searchedLoad(config: Config, { load }: UseCase): SearchedLoad | undefined {
  return plannedLoads(config).filter((each) => each.mode !== "trace")
    .find((each) => loadLabel(each) === load);
}

/** As a config would say it. */
function asEntry(load: Exclude<SearchedLoad, { mode: "closed" }>): OpenLoadEntry {
  if (!("rate_per_s" in load)) return load;
  const { rate_per_s, ...rest } = load;
  return { ...rest, rates_per_s: [rate_per_s] };
}

function candidatesOf(entry: EngineEntry): Candidate[] {
  return "candidates" in entry ? entry.candidates ?? [] : [];
}

/** The entry as the candidate would have it: its settings and variables win, its arguments come last. */
function withCandidate(entry: EngineEntry, { settings, extra_args = [], env }: Candidate) {
  if (entry.kind === "external") return entry;
  const { candidates: _, ...rest } = entry;
  return {
    ...rest,
    extra_args: [...entry.extra_args, ...extra_args],
    ...(settings === undefined ? {} : { settings: { ...entry.settings, ...settings } }),
    ...(env === undefined ? {} : { env: { ...entry.env, ...env } }),
  } as EngineEntry;
}
