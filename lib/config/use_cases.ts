/** Use cases with everything filled in: presets as data, and the load that a level means. Pure. */
import { type LoadPoint, loadPointOf } from "./load_point.ts";
import { plannedLoads } from "./planned_loads.ts";
import type { Config } from "./schema.ts";
import type { Slo } from "./search_schema.ts";
import type { PrimaryMetric, UseCaseConfig } from "./use_case_schema.ts";

/** One use case as it was fixed before the run. */
export interface UseCase {
  name: string;
  workload: string;
  metric: PrimaryMetric;
  /** The load in words, as in the rows' column; of a `max_load_per_s` the family of loads. */
  load: string;
  slo: Slo | null;
  target: number;
}

interface Preset {
  metric: PrimaryMetric;
  /** In its place where the config offers a family of open loads at several rates. */
  over_rates?: PrimaryMetric;
  level: "highest" | "lowest";
  slo: Slo | null;
}

/**
 * What users of a kind care about. Limits: MLPerf Inference's interactive and server scenarios of
 * Llama 3.1 8B and Llama 2 70B (TTFT / TPOT of 500 / 30 ms and 2000 / 200 ms).
 */
export const PRESETS: Record<NonNullable<UseCaseConfig["preset"]>, Preset> = {
  "chat": {
    metric: "ttft_ms_p50",
    over_rates: "max_load_per_s",
    level: "highest",
    slo: { ttft_ms: 500, tpot_ms: 30 },
  },
  "rag": {
    metric: "ttft_ms_p50",
    over_rates: "max_load_per_s",
    level: "highest",
    slo: { ttft_ms: 2000, tpot_ms: 200 },
  },
  "long-generation": { metric: "tpot_ms_p50", level: "highest", slo: { tpot_ms: 30 } },
  "batch": { metric: "output_tokens_per_s", level: "highest", slo: null },
  "single-user": { metric: "tpot_ms_p50", level: "lowest", slo: { ttft_ms: 500, tpot_ms: 30 } },
};

/**
 * The use cases of a config. Where it names none, each workload is judged by output throughput at its
 * highest load; open loops by median TTFT, since a server that keeps up gives the tokens that are asked
 * for. Throws an Error that names the use case for a level that is not planned.
 */
export function useCases(config: Config): UseCase[] {
  const closed = config.benchmark.concurrency_levels.length > 0;
  const metric = closed ? "output_tokens_per_s" : "ttft_ms_p50";
  const named = Object.entries(config.use_cases ?? {});
  if (plannedLoads(config).length === 0) return [];
  const asked: [string, UseCaseConfig][] = named.length > 0
    ? named
    : Object.keys(config.workloads).map((workload) => [
      workload,
      { workload, primary: { metric, level: "highest" }, target: 0.9 },
    ]);
  return asked.map(([name, each]) => useCase(name, each, config));
}

function useCase(name: string, asked: UseCaseConfig, config: Config): UseCase {
  const preset = asked.preset === undefined ? null : PRESETS[asked.preset];
  const level = asked.primary?.level ?? preset!.level;
  const points = plannedLoads(config).map((load) =>
    loadPointOf({ load, concurrency: load.mode === "closed" ? load.concurrency : null })
  );
  const family = familyOfRates(points);
  const metric = asked.primary?.metric ??
    (family !== undefined ? preset!.over_rates ?? preset!.metric : preset!.metric);
  const load = metric === "max_load_per_s" ? family : pointOf(points, level);
  if (load === undefined) {
    const known = points.map((point) => point.load).join(", ") || "none";
    const wanted = metric === "max_load_per_s"
      ? "open loads at two rates or more in benchmark.loads"
      : `load ${level}`;
    throw new Error(`use case ${name} wants ${wanted}; planned loads: ${known}`);
  }
  return {
    name,
    workload: asked.workload,
    metric,
    load,
    slo: asked.slo ?? preset?.slo ?? null,
    target: asked.target,
  };
}

/** The last family of open loads with two rates or more: fewer cross nothing. */
function familyOfRates(points: LoadPoint[]): string | undefined {
  const open = points.filter(({ concurrency }) => concurrency === null);
  const families = Map.groupBy(open, ({ load_family }) => load_family);
  return [...families].findLast(([, own]) => own.length > 1)?.[0];
}

/** Ends of the range are those of the closed loops where there are any. */
function pointOf(points: LoadPoint[], level: number | string): string | undefined {
  const closed = points.filter(({ concurrency }) => concurrency !== null);
  const range = closed.length > 0 ? closed : points;
  if (level === "highest") return range.at(-1)?.load;
  if (level === "lowest") return range[0]?.load;
  return points.find(({ load, concurrency }) => load === level || concurrency === level)?.load;
}
