/** The loads that a config asks for, each a point of its own. Pure. */
import { basename } from "node:path";
import type { ClosedLoad, Load, OpenLoad } from "./load_point.ts";
import type { OpenLoadEntry } from "./load_schema.ts";
import type { Config } from "./schema.ts";

/** Closed loops from the lowest level up, then open loads in the order of the config, rates going up. */
export function plannedLoads({ benchmark }: Config): Load[] {
  const { concurrency_levels, loads = [], ramp_s, think_ms } = benchmark;
  const closed = concurrency_levels.toSorted((a, b) => a - b).map((concurrency): ClosedLoad => ({
    mode: "closed",
    concurrency,
    ...(ramp_s === undefined ? {} : { ramp_s }),
    ...(think_ms === undefined ? {} : { think_ms }),
  }));
  return [...closed, ...loads.flatMap(openLoads)];
}

function openLoads(entry: OpenLoadEntry): OpenLoad[] {
  if (entry.mode === "trace") {
    const name = entry.name ?? basename(entry.file).replace(/\.[^.]+$/, "");
    return [given({ ...entry, name })];
  }
  if (!("rates_per_s" in entry)) return [given(entry)];
  const { rates_per_s, ...rest } = entry;
  return rates_per_s.toSorted((a, b) => a - b).map((rate_per_s) => given({ ...rest, rate_per_s }));
}

/** Without the keys that nothing was said about. */
function given(load: object): OpenLoad {
  const said = Object.entries(load).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as unknown as OpenLoad;
}
