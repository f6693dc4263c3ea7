/** The arrival list of each open load of a study and block. */
import { loadSlug, type OpenLoad } from "../load_point.ts";
import { plannedLoads } from "../planned_loads.ts";
import type { Config } from "../schema.ts";
import { seedOf } from "../seeds.ts";
import { readSource } from "../yaml_source.ts";
import type { Arrival, ArrivalList } from "./arrival.ts";
import { drawArrivals } from "./draw.ts";
import { parseTrace } from "./trace_file.ts";

/** Traces by the slug of their load. */
export type Traces = Record<string, Arrival[]>;

/** Reads every trace that the config names. Throws `ConfigError`. */
export function readTraces(config: Config): Traces {
  const loads = plannedLoads(config).filter((load) => load.mode === "trace");
  return Object.fromEntries(
    loads.map((load) => [loadSlug(load), parseTrace(readSource(load.file).text, load.file, load)]),
  );
}

/** Under which name a block's list of `load` is stored; all entries of the block share it. */
export function arrivalsId(load: OpenLoad, block: number): string {
  return `b${block}-${loadSlug(load)}`;
}

/** The list itself. Throws when a trace is asked for that was not read. */
export function arrivalsOf(
  load: OpenLoad,
  block: number,
  seed: number,
  traces: Traces = {},
): ArrivalList {
  const slug = loadSlug(load);
  if (load.mode !== "trace") return drawArrivals(load, seedOf(seed, "arrivals", slug, block));
  const trace = traces[slug];
  if (trace === undefined) throw new Error(`the trace ${load.file} was not read`);
  return trace;
}
