/** Decides everything before anything starts: trials, blocks, orders and seeds. Pure. */
import { type ArrivalList, meanRatePerS } from "./arrivals/arrival.ts";
import { arrivalsId, arrivalsOf, type Traces } from "./arrivals/arrival_lists.ts";
import { balancedOrders } from "./balanced_orders.ts";
import { type Load, loadSlug, type OpenLoad } from "./load_point.ts";
import { plannedLoads } from "./planned_loads.ts";
import type { Config } from "./schema.ts";
import { seedOf } from "./seeds.ts";
import { type UseCase, useCases } from "./use_cases.ts";
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
  /** From 1 on; block 0 fills caches and is never compared. */
  block: number;
  /** The trial that this one stands in for, since client or environment spoilt its block. */
  repeats?: string;
  requests: number;
  warmup_requests: number;
  max_tokens: number;
  output_length: "fixed" | "varied";
  ignore_eos: boolean;
  /** Of a search: which part of it the trial is. */
  probe?: { part: "search" | "confirm"; look: number };
  /** Of the tuned arm's search: which round of its candidate it is, from 1. */
  round?: number;
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
  arrivals?: Record<string, ArrivalList>;
  /** What the verdicts are about, fixed before the run; absent in older runs. */
  use_cases?: UseCase[];
  /** Counts of blocks at which the run may end; absent where there is one: all blocks. */
  looks?: number[];
}

/**
 * All launches of a study in the order in which they run, and the arrivals of its open loops. The
 * traces that the config names come from `readTraces`.
 */
export function planTrials(config: Config, traces: Traces = {}): Plan {
  const { seed, looks } = config.benchmark;
  const orders = balancedOrders(Object.keys(config.engines), plannedBlocks(config), seed);
  const loads = plannedLoads(config);
  const arrivals: Record<string, ArrivalList> = {};
  const compared = orders.flatMap((order, index) => {
    const block = index + 1;
    for (const load of loads) {
      if (load.mode === "closed") continue;
      arrivals[arrivalsId(load, block)] = arrivalsOf(load, block, seed, traces);
    }
    return order.map((entry) => planLaunch(config, entry, block, arrivals));
  });
  const launches = [...warmBlock(config, compared.filter(({ block }) => block === 1)), ...compared];
  return {
    seed,
    launches,
    ...(Object.keys(arrivals).length === 0 ? {} : { arrivals }),
    use_cases: useCases(config),
    ...(looks === undefined ? {} : { looks }),
  };
}

/** Blocks that are compared, at most. */
export function plannedBlocks({ benchmark }: Pick<Config, "benchmark">): number {
  return benchmark.looks?.at(-1) ?? benchmark.blocks;
}

/** Kinds that compile or capture for each shape and keep the results on disk. */
const COMPILING = new Set(["vllm", "sglang", "tensorrt-llm"]);

/** Block 0: each load of block 1 once more, in as many requests as a warm-up has. */
function warmBlock(config: Config, first: PlannedLaunch[]): PlannedLaunch[] {
  const { warm_block, seed } = config.benchmark;
  const wanted = ({ entry }: PlannedLaunch) => {
    const { kind } = config.engines[entry]!;
    return kind !== "external" && (warm_block === "auto" ? COMPILING.has(kind) : warm_block);
  };
  return first.filter(wanted).map((launch) => {
    const launch_id = `b0-${launch.entry}`;
    const trials = launch.trials.map((trial): PlannedTrial => {
      const concurrency = trial.concurrency ?? warmupUsers(trial.offered_requests_per_s ?? 1);
      const load: Load = { mode: "closed", concurrency };
      const { arrivals: _, offered_requests_per_s: __, ...rest } = trial;
      const trial_id = `${launch_id}-${trial.workload}-${loadSlug(load)}`;
      const prompt_seed = seedOf(seed, "prompts", trial.workload, loadSlug(load), 0);
      const requests = fullWarmup(concurrency);
      const own = { launch_id, trial_id, load, concurrency, block: 0, requests, prompt_seed };
      return { ...rest, ...own, warmup_requests: 0 };
    });
    const once = [...new Map(trials.map((trial) => [trial.trial_id, trial])).values()];
    return { launch_id, entry: launch.entry, block: 0, trials: once };
  });
}

/** All planned trials in running order. */
export function plannedTrials(plan: Pick<Plan, "launches">): PlannedTrial[] {
  return plan.launches.flatMap((launch) => launch.trials);
}

function planLaunch(
  config: Config,
  entry: string,
  block: number,
  arrivals: Record<string, ArrivalList>,
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

/** A trial of a closed loop; its prompts depend on the block. */
export function planClosed(
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
  arrivals: Record<string, ArrivalList>,
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
