/** Lists of CPU cores as `taskset` writes them. */
import type { Config } from "./schema.ts";

/** The cores that a list such as "0,2-4" names; none for undefined. */
export function coresOf(list: string | undefined): number[] {
  if (list === undefined) return [];
  return list.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map(Number) as [number, number?];
    return Array.from({ length: to! - from + 1 }, (_, i) => from + i);
  });
}

/** The list that names these cores: "2-4,7" for 7, 3, 2, 4. */
export function listOf(cores: number[]): string {
  const sorted = [...new Set(cores)].sort((a, b) => a - b);
  const runs: [from: number, to: number][] = [];
  for (const core of sorted) {
    const last = runs.at(-1);
    if (last?.[1] === core - 1) last[1] = core;
    else runs.push([core, core]);
  }
  return runs.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(",");
}

/** Whether a study leaves it to `coresByDefault`: it says nothing itself, and launches servers here. */
export function dividesByDefault(
  { hardware, engines }: Pick<Config, "hardware" | "engines">,
): boolean {
  return hardware.server_cores === undefined &&
    Object.values(engines).some(({ kind }) => kind !== "external");
}

/** Fewer cores are not divided unless a config says how: one alone may be too few for either side. */
const LEAST_DIVIDED = 4;
const MOST_FOR_CLIENT = 4;
/** From here up one core is left to the known-truth server beside a run. */
const LEAST_WITH_SPARE = 8;

/**
 * How the cores that a run may use are divided where the config does not say: the last quarter,
 * at most 4, to the client, from 8 up one to nobody, which the known-truth server then takes, all
 * else to the servers. Null where they are too few.
 */
export function coresByDefault(allowed: number[]) {
  const sorted = [...new Set(allowed)].sort((a, b) => a - b);
  if (sorted.length < LEAST_DIVIDED) return null;
  const clients = Math.min(MOST_FOR_CLIENT, Math.floor(sorted.length / 4));
  const spare = sorted.length < LEAST_WITH_SPARE ? 0 : 1;
  return {
    server_cores: listOf(sorted.slice(0, -clients - spare)),
    client_cores: listOf(sorted.slice(-clients)),
  };
}
