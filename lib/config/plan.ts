/** Decides everything before anything starts: trials, blocks, orders and seeds. Pure. */
import { type Arrival, meanRatePerS } from "./arrivals/arrival.ts";
import { arrivalsId, arrivalsOf, type Traces } from "./arrivals/arrival_lists.ts";
import { type Load, loadSlug, type OpenLoad } from "./load_point.ts";
import { plannedLoads } from "./planned_loads.ts";
import type { Config } from "./schema.ts";
import { randomFrom, seedOf, shuffled } from "./seeds.ts";
import { lengthEnds } from "./length_distribution.ts";
import { outputLengths } from "./workload_lengths.ts";
import { type Api, apiOf, kindOf, type Workload, type WorkloadKind } from "./workload_schema.ts";

/** One entry × workload × load × block, as planned. */
export interface PlannedTrial {
  trial_id: string;
  launch_id: string;
  entry: string;
  kind: string;
  simulated: boolean;
  workload: string;
  load: Load;
  /** Users of a closed loop; null in an open one. */
  concurrency: number | null;
  /** Planned requests a second; null in a closed loop, absent in older runs. */
  offered_requests_per_s?: number | null;
  /** Which of the plan's arrival lists it follows; absent in a closed loop. */
  arrivals?: string;
  block: number;
  requests: number;
  warmup_requests: number;
  max_tokens: number;
  output_length: "fixed" | "varied";
  ignore_eos: boolean;
  /** Of a search: which part of it the trial is. */
  probe?: { part: "search" | "confirm"; look: number };
  /** Absent for prompts of the prompts file and in older runs. */
  workload_kind?: WorkloadKind;
  /** Absent for chats and in older runs. */
  api?: Api;
  /** Equal for all entries of a block, so that they are asked the same things. */
  prompt_seed: number;
}

/** One fresh server and the trials it serves, in the order of the loads. */
export interface PlannedLaunch {
  launch_id: string;
  entry: string;
  block: number;
  trials: PlannedTrial[];
}

export interface Plan {
  seed: number;
  launches: PlannedLaunch[];
  /** When the requests of open loops are due, by name; all entries of a block share a list. */
  arrivals?: Record<string, Arrival[]>;
}

/**
 * All launches of a study in the order in which they run, and the arrivals of its open loops. The
 * traces that the config names come from `readTraces`.
 */
export function planTrials(config: Config, traces: Traces = {}): Plan {
  const { seed, blocks } = config.benchmark;
  const orders = balancedOrders(Object.keys(config.engines), blocks, seed);
  const loads = plannedLoads(config);
  const arrivals: Record<string, Arrival[]> = {};
  // Block 0 stays free for a discarded one that fills caches.
  const launches = orders.flatMap((order, index) => {
    const block = index + 1;
    for (const load of loads) {
      if (load.mode === "closed") continue;
      arrivals[arrivalsId(load, block)] = arrivalsOf(load, block, seed, traces);
    }
    return order.map((entry) => planLaunch(config, entry, block, arrivals));
  });
  return Object.keys(arrivals).length === 0 ? { seed, launches } : { seed, launches, arrivals };
}

/** All planned trials in running order. */
export function plannedTrials(plan: Pick<Plan, "launches">): PlannedTrial[] {
  return plan.launches.flatMap((launch) => launch.trials);
}

function planLaunch(
  config: Config,
  entry: string,
  block: number,
  arrivals: Record<string, Arrival[]>,
): PlannedLaunch {
  const launch_id = `b${block}-${entry}`;
  const trials = Object.keys(config.workloads).flatMap((workload) =>
    plannedLoads(config).map((load) => {
      const cell = { launch_id, entry, workload, block };
      return load.mode === "closed"
        ? planClosed(config, cell, load)
        : planOpen(config, cell, load, arrivals);
    })
  );
  return { launch_id, entry, block, trials };
}

type Cell = Pick<PlannedTrial, "launch_id" | "entry" | "workload" | "block">;

function planClosed(
  config: Config,
  cell: Cell,
  load: Extract<Load, { mode: "closed" }>,
): PlannedTrial {
  const { requests_per_level, warmup_requests, seed } = config.benchmark;
  const { concurrency } = load;
  // A user keeps to its conversation, so each needs one to warm up and two to be measured.
  const turns = turnsOf(config.workloads[cell.workload]!);
  return {
    ...cell,
    trial_id: `${cell.launch_id}-${cell.workload}-${loadSlug(load)}`,
    load,
    concurrency,
    ...askedOf(config, cell),
    requests: requests_per_level === "auto"
      ? Math.max(fullSampleSize(concurrency), 2 * concurrency * turns)
      : requests_per_level,
    warmup_requests: warmup_requests === "auto"
      ? Math.max(fullWarmup(concurrency), turns > 1 ? concurrency * turns : 0)
      : warmup_requests,
    prompt_seed: seedOf(seed, "prompts", cell.workload, concurrency, cell.block),
  };
}

/** A trial on the schedule of one of `arrivals`, as `arrivalsId` names it or as `list` says. */
export function planOpen(
  config: Config,
  cell: Cell,
  load: OpenLoad,
  arrivals: Record<string, Arrival[]>,
  list = arrivalsId(load, cell.block),
): PlannedTrial {
  const { warmup_requests, seed } = config.benchmark;
  const due = arrivals[list]!;
  const rate = "rate_per_s" in load ? load.rate_per_s : meanRatePerS(due) ?? 0;
  return {
    ...cell,
    trial_id: `${cell.launch_id}-${cell.workload}-${loadSlug(load)}`,
    load,
    concurrency: null,
    offered_requests_per_s: rate,
    arrivals: list,
    ...askedOf(config, cell),
    requests: due.length,
    warmup_requests: warmup_requests === "auto" ? fullWarmup(warmupUsers(rate)) : warmup_requests,
    prompt_seed: seedOf(seed, "prompts", cell.workload, loadSlug(load), cell.block),
  };
}

const turnsOf = (workload: Workload) => workload.kind === "multi_turn" ? workload.turns : 1;

function askedOf(config: Config, { entry, workload }: Cell) {
  const { benchmark, engines } = config;
  const { kind, ignore_eos } = engines[entry]!;
  const asked = config.workloads[workload]!;
  const { min, max } = lengthEnds(outputLengths(asked, benchmark));
  const output_length: "fixed" | "varied" = min === max ? "fixed" : "varied";
  const [workload_kind, api] = [kindOf(asked), apiOf(asked)];
  return {
    kind,
    simulated: kind === "simulated",
    ...(workload_kind === "prompts" ? {} : { workload_kind }),
    ...(api === "chat" ? {} : { api }),
    max_tokens: max,
    output_length,
    ignore_eos,
  };
}

/** Users that warm a server up for an open loop: as many as arrive in a second, 1 to 32. */
export function warmupUsers(rate_per_s: number): number {
  return Math.min(32, Math.max(1, Math.ceil(rate_per_s)));
}

/** The plan of a stored run; in older ones each trial is a closed loop and says only its users. */
export function withLoads<P extends Pick<Plan, "launches">>(plan: P): P {
  const complete = (trial: PlannedTrial): PlannedTrial =>
    trial.load === undefined
      ? { ...trial, load: { mode: "closed", concurrency: trial.concurrency! } }
      : trial;
  const launches = plan.launches.map((launch) => ({
    ...launch,
    trials: launch.trials.map(complete),
  }));
  return { ...plan, launches };
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
