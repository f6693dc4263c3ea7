/** A config file as a checked `Config`, with what had to be translated on the way. */
import { translateAskedFor } from "./asked_for.ts";
import { coresOf } from "./cores.ts";
import { type Load, loadLabel, loadSlug } from "./load_point.ts";
import { plannedLoads } from "./planned_loads.ts";
import { type Config, configSchema } from "./schema.ts";
import { tuningProblems } from "./tuning.ts";
import { useCases } from "./use_cases.ts";
import { workloadChecks } from "./workload_checks.ts";
import { ConfigError, parseSource, type Path, readSource, type Source } from "./yaml_source.ts";
import { valueAt, zodProblems } from "./zod_problems.ts";

export interface ReadConfig {
  config: Config;
  /** One sentence for each key that was translated, superseded or cannot be used, with its place. */
  notes: string[];
  /** `file:line:col` of what stands at a path, for what only later turns out to be wrong. */
  locate: Source["locate"];
}

/** Reads and checks a config file. Throws `ConfigError` with every problem, each at file:line:col. */
export function readConfig(path: string): ReadConfig {
  return parseConfig(readSource(path).text, path);
}

/** The same for a text; problems name `file`. */
export function parseConfig(text: string, file: string): ReadConfig {
  const source = parseSource(text, file);
  const { value, notes } = translateAskedFor(source.value);
  const checked = configSchema.safeParse(value);
  const translated = { ...source, value };
  if (!checked.success) throw new ConfigError(zodProblems(checked.error, translated, configSchema));
  const contradictions = crossChecks(checked.data).map(({ path, problem }) =>
    `${source.locate(path)} ${path.join(".")}: ${problem}`
  );
  if (contradictions.length > 0) throw new ConfigError(contradictions);
  return {
    config: checked.data,
    notes: notes.map(({ path, note }) =>
      `${source.locate(path, "key")} ${path.join(".")}: ${note}`
    ),
    locate: (path, at) => source.locate(pathInFile(path, source.value, value), at),
  };
}

/** A list that lost items in the translation has the others at later places in the file. */
function pathInFile(path: Path, inFile: unknown, translated: unknown): Path {
  const [index, list] = [path.at(-1), path.slice(0, -1)];
  if (typeof index !== "number") return path;
  const [before, after] = [valueAt(inFile, list), valueAt(translated, list)];
  if (!Array.isArray(before) || !Array.isArray(after)) return path;
  const place = before.indexOf(after[index], index);
  return place < 0 ? path : [...list, place];
}

/** What no single key can be wrong about. */
function crossChecks(config: Config) {
  const { hardware, benchmark, engines } = config;
  const found: { path: string[]; problem: string }[] = [];
  if ((hardware.server_cores === undefined) !== (hardware.client_cores === undefined)) {
    const problem = "set server_cores and client_cores together, or neither";
    found.push({ path: ["hardware"], problem });
  }
  const shared = coresOf(hardware.server_cores).filter((core) =>
    coresOf(hardware.client_cores).includes(core)
  );
  if (shared.length > 0) {
    const problem = `core ${
      shared.join(", ")
    } is in both lists; give server and client different cores`;
    found.push({ path: ["hardware", "client_cores"], problem });
  }
  const levels = benchmark.concurrency_levels;
  if (new Set(levels).size < levels.length) {
    found.push({ path: ["benchmark", "concurrency_levels"], problem: "a level stands twice" });
  }
  const twice = twiceNamed(plannedLoads(config).filter(({ mode }) => mode !== "closed"));
  if (twice !== null) {
    const problem = `${twice} stands twice; give a trace a name of its own`;
    found.push({ path: ["benchmark", "loads"], problem });
  }
  found.push(...workloadChecks(config));
  const cells = Object.keys(engines).flatMap((entry) =>
    Object.keys(config.workloads).map((workload) => ({ entry, workload }))
  );
  for (const [id, same] of Map.groupBy(cells, ({ entry, workload }) => `${entry}-${workload}`)) {
    if (same.length === 1) continue;
    const names = same.map(({ entry, workload }) => `${entry} with ${workload}`).join(" and ");
    const problem = `${names} would both be called ${id}; rename one of them`;
    found.push({ path: ["engines", same.at(-1)!.entry], problem });
  }
  found.push(...useCaseProblems(config), ...tuningProblems(config));
  const { looks = [] } = benchmark;
  if (looks.some((look, i) => look <= (looks[i - 1] ?? 0))) {
    found.push({ path: ["benchmark", "looks"], problem: "counts of blocks must go up" });
  }
  const ports = new Map<number, string>();
  for (const [name, entry] of Object.entries(engines)) {
    const port = entry.kind === "external" ? 0 : entry.port ?? 0;
    const other = ports.get(port);
    if (port !== 0 && other !== undefined) {
      found.push({ path: ["engines", name, "port"], problem: `"${other}" has the same port` });
    }
    ports.set(port, name);
  }
  return found;
}

function useCaseProblems(config: Config): { path: string[]; problem: string }[] {
  const found = Object.entries(config.use_cases ?? {}).flatMap(([name, { workload }]) => {
    if (config.workloads[workload] !== undefined) return [];
    const problem = `no workload of that name; the config has ${
      Object.keys(config.workloads).join(", ")
    }`;
    return [{ path: ["use_cases", name, "workload"], problem }];
  });
  // A search alone has no load to be judged at.
  if (plannedLoads(config).length === 0) return found;
  try {
    useCases(config);
  } catch (error) {
    found.push({ path: ["use_cases"], problem: (error as Error).message });
  }
  return found;
}

/** The label of a load whose name another has too; null when each has its own. */
function twiceNamed(loads: Load[]): string | null {
  const slugs = loads.map(loadSlug);
  const again = loads.find((_, i) => slugs.indexOf(slugs[i]!) < i);
  return again === undefined ? null : loadLabel(again);
}
