/**
 * The search for the largest load that keeps an SLO (method note 3.5), as a function of what was
 * seen so far: doubling until a rate fails, bisection on the log of the rate, then both ends of the
 * bracket on fresh launches. The answer is a bracket and never a point.
 */
import { LOOKS, type Search } from "@/config/search_schema.ts";
import type { Kept } from "./slo.ts";
import { probeAttainment } from "./statistics/binomial_bounds.ts";
import { effectiveSampleSize } from "./statistics/effective_sample_size.ts";

/**
 * What one condition came to, with the number of independent requests that its `n` are worth: requests
 * of one run share batches and queues, so their misses cluster (method note 2.4).
 */
export interface KeptOf extends Kept {
  n_eff: number;
}

/**
 * `kept`: whether each request kept the condition, in the order of the sends; `half`: whether it kept
 * half of each limit. A sample in which all keep the limit shows no cluster of misses that are to come;
 * one that crosses half of it does. What stays below that tells nothing, and is taken for independent.
 */
export function keptOf(
  { condition, share }: Pick<Kept, "condition" | "share">,
  { kept, half }: { kept: readonly boolean[]; half: readonly boolean[] },
): KeptOf {
  const sizes = [kept, half].map((series) => effectiveSampleSize(series.map(Number)).n_eff);
  return { condition, share, kept: kept.filter(Boolean).length, n_eff: Math.min(...sizes) };
}

/** One sample at one rate. A rate's later samples add to its earlier ones. */
export interface Look {
  part: "search" | "confirm";
  rate_per_s: number;
  n: number;
  kept: KeptOf[];
}

/** All looks at one rate in one part. `undecided` after the last look counts as failed in the search. */
export interface Probe {
  rate_per_s: number;
  looks: number;
  n: number;
  kept: KeptOf[];
  verdict: "pass" | "fail" | "undecided";
}

export interface Bracket {
  /** Largest rate that passed; null when even the lowest one tried did not. */
  low_per_s: number | null;
  /** Smallest rate above it that did not pass; null when `max_rate_per_s` passed. */
  high_per_s: number | null;
}

export type Step =
  | { do: "probe"; rate_per_s: number; look: number; requests: number }
  | { do: "confirm"; rate_per_s: number; launch: number; requests: number }
  | { do: "done"; bracket: Bracket };

/** Ends of the bracket are at most this far apart. */
const PRECISION = 1.03;
/** Below start / 2^6 no rate is looked for. */
const MOST_HALVINGS = 6;
/** Fresh launches on which both ends are tried again. */
export const CONFIRMATIONS = 3;

/** What to do after the looks so far, in their order. */
export function nextStep(search: Search, looks: readonly Look[]): Step {
  const probes = probesOf(looks, "search");
  const open = probes.find((probe) => probe.verdict === "undecided" && probe.looks < LOOKS);
  if (open !== undefined) return lookAt(search, open.rate_per_s, open.looks + 1);
  const bracket = bracketOf(probes);
  const rate_per_s = nextRate(search, bracket, probes.length);
  if (rate_per_s !== null) return lookAt(search, rate_per_s, 1);
  return nextConfirmation(search, bracket, looks) ?? { do: "done", bracket };
}

function lookAt({ n_max }: Search, rate_per_s: number, look: number): Step {
  const upTo = (looks: number) => Math.ceil(n_max * looks / LOOKS);
  return { do: "probe", rate_per_s, look, requests: upTo(look) - upTo(look - 1) };
}

/** The looks of one part, a probe for each rate, in the order of their first look. */
export function probesOf(looks: readonly Look[], part: Look["part"]): Probe[] {
  const ofPart = looks.filter((look) => look.part === part);
  return [...Map.groupBy(ofPart, ({ rate_per_s }) => rate_per_s)].map(([rate_per_s, members]) => {
    const n = members.reduce((sum, look) => sum + look.n, 0);
    const kept = members[0]!.kept.map((condition, i) => ({
      ...condition,
      kept: members.reduce((sum, look) => sum + look.kept[i]!.kept, 0),
      // No look's requests meet those of another one.
      n_eff: members.reduce((sum, look) => sum + look.kept[i]!.n_eff, 0),
    }));
    // A confirmation is one look over all its launches.
    const verdict = verdictOf(n, kept, part === "search" ? LOOKS : 1);
    return { rate_per_s, looks: members.length, n, kept, verdict };
  });
}

/**
 * A rate passes when every condition does, and fails when one does. The exact bounds are those of the
 * effective size with the share that was seen (Korn & Graubard, 1998).
 */
function verdictOf(n: number, kept: KeptOf[], looks: number): Probe["verdict"] {
  const verdicts = kept.map((each) =>
    probeAttainment({ met: each.n_eff * (each.kept / n), n: each.n_eff, target: each.share, looks })
  );
  if (verdicts.includes("fail")) return "fail";
  return verdicts.every((verdict) => verdict === "pass") ? "pass" : "undecided";
}

/** The bracket of the search's probes. */
export function bracketOf(probes: readonly Probe[]): Bracket {
  const passed = probes.filter(({ verdict }) => verdict === "pass");
  const others = probes.filter(({ verdict }) => verdict !== "pass");
  const rates = (list: readonly Probe[]) => list.map(({ rate_per_s }) => rate_per_s);
  return {
    low_per_s: passed.length === 0 ? null : Math.max(...rates(passed)),
    high_per_s: others.length === 0 ? null : Math.min(...rates(others)),
  };
}

/** Null when the bracket is narrow enough, or open at an end that is not looked beyond. */
function nextRate(search: Search, bracket: Bracket, probes: number): number | null {
  const { low_per_s: low, high_per_s: high } = bracket;
  const { start_rate_per_s: start, max_rate_per_s: max } = search;
  if (probes === 0) return start;
  if (high === null) return low! >= max ? null : Math.min(2 * low!, max);
  if (low === null) return high <= start / 2 ** MOST_HALVINGS ? null : high / 2;
  if (high / low <= PRECISION) return null;
  const middle = Number(Math.sqrt(low * high).toPrecision(4));
  return middle > low && middle < high ? middle : null;
}

function nextConfirmation(search: Search, bracket: Bracket, looks: readonly Look[]): Step | null {
  const ends = [bracket.low_per_s, bracket.high_per_s].filter((rate) => rate !== null);
  const done = looks.filter(({ part }) => part === "confirm").length;
  if (done >= CONFIRMATIONS * ends.length) return null;
  return {
    do: "confirm",
    rate_per_s: ends[done % ends.length]!,
    launch: Math.floor(done / ends.length) + 1,
    requests: search.n_max,
  };
}
