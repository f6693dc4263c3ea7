/** The launches and trials of a search, each decided by what was seen before. */
import { join } from "node:path";
import type { ArrivalList } from "@/config/arrivals/arrival.ts";
import { drawArrivals } from "@/config/arrivals/draw.ts";
import { loadSlug, type OpenLoad } from "@/config/load_point.ts";
import { type PlannedLaunch, type PlannedTrial, planOpen } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { Search } from "@/config/search_schema.ts";
import { seedOf } from "@/config/seeds.ts";
import { lookOf } from "@/analysis/search_result.ts";
import { type Look, nextStep, type Step } from "@/analysis/slo_search.ts";
import { readRequests } from "@/records/parquet_trial.ts";
import type { RunFolder } from "@/records/run_folder.ts";
import type { LaunchTrials } from "@/run/run_plan.ts";

export interface SearchedEntry {
  config: Config;
  search: Search;
  entry: string;
  workload: string;
  folder: RunFolder;
  /** Where the trials find their arrival lists; each look adds one. */
  arrivals: Record<string, ArrivalList>;
}

/** A search whose servers die again and again ends unfinished. */
const MOST_LAUNCHES = 12;

type Ask = Exclude<Step, { do: "done" }>;

/**
 * One launch for the search and fresh ones for the confirmation. A server that dies under a probe has
 * failed it, and the search goes on with a fresh launch; one that does not start ends it.
 */
export function* searchLaunches(searched: SearchedEntry): Generator<LaunchTrials> {
  const looks: Look[] = [];
  for (let block = 1; block <= MOST_LAUNCHES; block++) {
    const first = nextStep(searched.search, looks);
    if (first.do === "done") return;
    const { entry, folder } = searched;
    const planned: PlannedLaunch = { launch_id: `b${block}-${entry}`, entry, block, trials: [] };
    const before = looks.length;
    let died = false;
    yield {
      planned,
      trials: trialsOf(searched, planned, looks, first, () => died),
      ended(trial, { outcome, window }) {
        died = outcome !== "finished";
        if (outcome === "interrupted") return;
        const stored = readRequests(join(folder.dir, "trials", `${trial.trial_id}.parquet`));
        looks.push(lookOf(trial, stored, searched.search, window));
      },
    };
    if (looks.length === before) return;
  }
}

/** The trials that one launch serves: all probes, or one confirmation of each end. */
function* trialsOf(
  searched: SearchedEntry,
  planned: PlannedLaunch,
  looks: Look[],
  first: Ask,
  died: () => boolean,
): Generator<PlannedTrial> {
  const same = (step: Step) =>
    step.do === "probe"
      ? first.do === "probe"
      : step.do === "confirm" && first.do === "confirm" && step.launch === first.launch;
  for (let step: Step = first; same(step) && !died(); step = nextStep(searched.search, looks)) {
    const trial = trialOf(searched, planned, step as Ask);
    planned.trials.push(trial);
    searched.folder.plan(planned, { [trial.arrivals!]: searched.arrivals[trial.arrivals!]! });
    yield trial;
  }
}

function trialOf({ config, ...searched }: SearchedEntry, launch: PlannedLaunch, step: Ask) {
  const { entry, workload, arrivals } = searched;
  const { launch_id, block } = launch;
  const { seed } = config.benchmark;
  const load: OpenLoad = {
    mode: "poisson",
    rate_per_s: step.rate_per_s,
    requests: step.requests,
  };
  const look = step.do === "probe" ? step.look : 1;
  const list = `${launch_id}-${loadSlug(load)}-look${look}`;
  arrivals[list] = drawArrivals(load, seedOf(seed, "search", list));
  const part = step.do === "probe" ? "search" as const : "confirm" as const;
  return {
    ...planOpen(config, { launch_id, entry, workload, block }, load, arrivals, list),
    trial_id: `${launch_id}-${workload}-${loadSlug(load)}-look${look}`,
    probe: { part, look },
    prompt_seed: seedOf(seed, "prompts", workload, list),
  };
}
