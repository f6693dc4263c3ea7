/** Decides everything before anything starts: trials, blocks, orders and seeds. Pure. */
import type { Config } from "./schema.ts";
import { randomFrom, seedOf, shuffled } from "./seeds.ts";

/** One entry × workload × concurrency × block, as planned. */
export interface PlannedTrial {
  trial_id: string;
  launch_id: string;
  entry: string;
  kind: string;
  simulated: boolean;
  workload: string;
  concurrency: number;
  block: number;
  requests: number;
  warmup_requests: number;
  max_tokens: number;
  output_length: "fixed" | "varied";
  ignore_eos: boolean;
  /** Equal for all entries of a block, so that they are asked the same things. */
  prompt_seed: number;
}

/** One fresh server and the trials it serves, lowest concurrency first. */
export interface PlannedLaunch {
  launch_id: string;
  entry: string;
  block: number;
  trials: PlannedTrial[];
}

export interface Plan {
  seed: number;
  launches: PlannedLaunch[];
}

/** All launches of a study in the order in which they run. */
export function planTrials(config: Config): Plan {
  const { seed, blocks } = config.benchmark;
  const orders = balancedOrders(Object.keys(config.engines), blocks, seed);
  // Block 0 stays free for a discarded one that fills caches.
  const launches = orders.flatMap((order, index) =>
    order.map((entry) => planLaunch(config, entry, index + 1))
  );
  return { seed, launches };
}

/** All planned trials in running order. */
export function plannedTrials(plan: Plan): PlannedTrial[] {
  return plan.launches.flatMap((launch) => launch.trials);
}

function planLaunch(config: Config, entry: string, block: number): PlannedLaunch {
  const launch_id = `b${block}-${entry}`;
  const levels = [...config.benchmark.concurrency_levels].sort((a, b) => a - b);
  const trials = Object.keys(config.workloads).flatMap((workload) =>
    levels.map((concurrency) =>
      planTrial(config, { launch_id, entry, workload, concurrency, block })
    )
  );
  return { launch_id, entry, block, trials };
}

type Cell = Pick<PlannedTrial, "launch_id" | "entry" | "workload" | "concurrency" | "block">;

function planTrial(config: Config, cell: Cell): PlannedTrial {
  const { benchmark } = config;
  const { kind, ignore_eos } = config.engines[cell.entry]!;
  const { concurrency } = cell;
  return {
    ...cell,
    trial_id: `${cell.launch_id}-${cell.workload}-c${concurrency}`,
    kind,
    simulated: kind === "simulated",
    requests: benchmark.requests_per_level === "auto"
      ? fullSampleSize(concurrency)
      : benchmark.requests_per_level,
    warmup_requests: benchmark.warmup_requests === "auto"
      ? fullWarmup(concurrency)
      : benchmark.warmup_requests,
    max_tokens: benchmark.max_tokens,
    output_length: benchmark.output_length,
    ignore_eos,
    prompt_seed: seedOf(benchmark.seed, "prompts", cell.workload, concurrency, cell.block),
  };
}

/** Measured requests that a level of C users needs: max(10 · C, 20) (method note 0b M). */
export function fullSampleSize(concurrency: number): number {
  return Math.max(10 * concurrency, 20);
}

/** Warm-up requests that a level of C users needs: 2 · C (method note 2.2). */
export function fullWarmup(concurrency: number): number {
  return 2 * concurrency;
}

/**
 * An order of the entries for each block. Orders are rows of cyclic Latin squares over a seeded
 * shuffle, so over each run of `n` blocks every entry takes every position once; the next square
 * uses the reversed base, so that for three entries all six orders come before any repeats.
 */
export function balancedOrders(entries: string[], blocks: number, seed: number): string[][] {
  const orders: string[][] = [];
  let base: string[] = [];
  for (let square = 0; orders.length < blocks; square++) {
    const random = randomFrom(seed, "order", square);
    base = square % 2 === 0 ? shuffled(entries, random) : base.toReversed();
    const rows = entries.map((_, shift) => [...base.slice(shift), ...base.slice(0, shift)]);
    orders.push(...shuffled(rows, random));
  }
  return orders.slice(0, blocks);
}
