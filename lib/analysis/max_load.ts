/** The largest load under an SLO as a value of each launch, compared like any other (method note 0b G). */
import type { UseCase } from "@/config/use_cases.ts";
import { compareCell, type StudyEvidence } from "./comparison.ts";
import type { Comparison, ComparisonGate } from "./comparison_row.ts";
import { faultOf } from "./trial_scores.ts";
import { isotonicRegression } from "./statistics/isotonic_regression.ts";
import type { SummaryRow } from "./summary_row.ts";

/** One launch over the rates of one family of open loads. */
export interface MaxLoad {
  engine: string;
  block: number;
  /** Offered rate at which the monotone attainment crosses the target; an end of the range if censored. */
  max_load_per_s: number;
  /** `above`: every offered rate met the target; `below`: none did. */
  censored: "above" | "below" | null;
}

export interface RatePoint {
  rate_per_s: number;
  /** Share of the requests that kept the SLO. */
  attainment: number;
  requests: number;
}

/** Fewer rates cross nothing. */
const FEWEST_RATES = 2;

/**
 * The crossing of a launch: attainment made non-increasing over the rates (isotonic, weighted by
 * requests), straight between neighbours on the log of the rate. Null below two rates.
 */
export function crossing(
  points: readonly RatePoint[],
  target: number,
): Pick<MaxLoad, "max_load_per_s" | "censored"> | null {
  if (points.length < FEWEST_RATES) return null;
  const sorted = points.toSorted((a, b) => a.rate_per_s - b.rate_per_s);
  const fit = isotonicRegression(
    sorted.map(({ attainment }) => attainment),
    "decreasing",
    sorted.map(({ requests }) => requests),
  );
  const miss = fit.findIndex((share) => share < target);
  if (miss < 0) return { max_load_per_s: sorted.at(-1)!.rate_per_s, censored: "above" };
  if (miss === 0) return { max_load_per_s: sorted[0]!.rate_per_s, censored: "below" };
  const [low, high] = [sorted[miss - 1]!, sorted[miss]!];
  const share = (fit[miss - 1]! - target) / (fit[miss - 1]! - fit[miss]!);
  const max_load_per_s = low.rate_per_s * (high.rate_per_s / low.rate_per_s) ** share;
  return { max_load_per_s, censored: null };
}

/** The value of every launch for a use case whose workload has an SLO; `rows` are compared ones. */
export function maxLoads(rows: readonly SummaryRow[], use_case: UseCase): MaxLoad[] {
  return [...launchesOf(rows, use_case).values()].flatMap((launch) => {
    if (launch.some((row) => (faultOf(row) ?? "server") !== "server")) return [];
    const found = crossing(launch.flatMap(pointOf), use_case.target);
    const { engine, block } = launch[0]!;
    return found === null ? [] : [{ engine, block, ...found }];
  });
}

/** Comparisons of the use cases whose primary metric it is. */
export function compareMaxLoads(
  rows: readonly SummaryRow[],
  evidence: StudyEvidence,
): Comparison[] {
  const wanted = evidence.terms.use_cases.filter(({ metric }) => metric === "max_load_per_s");
  return wanted.flatMap((use_case) =>
    [false, true].flatMap((simulated) => {
      const own = rows.filter((row) => row.simulated === simulated);
      const values = new Map(
        maxLoads(own, use_case).map((each) => [`${each.engine} ${each.block}`, each]),
      );
      const of = ({ engine, block }: SummaryRow) => values.get(`${engine} ${block}`);
      const launches = [...launchesOf(own, use_case).values()].map((launch) =>
        overRates(launch, use_case)
      );
      if (launches.length === 0) return [];
      return compareCell({
        rows: launches,
        metric: "max_load_per_s",
        value: (row) => of(row)?.max_load_per_s ?? null,
        check: (used) => censoring(used.map(of)),
      }, evidence);
    })
  );
}

function launchesOf(rows: readonly SummaryRow[], { workload, load }: UseCase) {
  const own = rows.filter((row) => row.workload === workload && row.load_family === load);
  return Map.groupBy(own, ({ engine, block }) => JSON.stringify([engine, block]));
}

/** A server that failed at a rate missed its SLO there, which is what its attainment says. */
function overRates(launch: SummaryRow[], { load }: UseCase): SummaryRow {
  const lost = launch.find((row) => (faultOf(row) ?? "server") !== "server");
  const suspect = launch.find(({ verdict }) => verdict === "SUSPECT");
  const { verdict, gates, ...rest } = lost ?? suspect ?? launch[0]!;
  const sound = { verdict: "VALID" as const, gates: [] };
  const seen = lost ?? suspect ? { verdict, gates } : sound;
  return { ...rest, ...seen, load, offered_requests_per_s: null };
}

function pointOf({ offered_requests_per_s, attainment, requests }: SummaryRow): RatePoint[] {
  if (offered_requests_per_s === null) return [];
  // Without a request sent there is nothing that kept the SLO.
  return [{
    rate_per_s: offered_requests_per_s,
    attainment: attainment ?? 0,
    requests: Math.max(requests, 1),
  }];
}

function censoring(launches: (MaxLoad | undefined)[]): ComparisonGate {
  const known = launches.filter((launch) => launch !== undefined);
  const count = (side: MaxLoad["censored"]) =>
    known.filter(({ censored }) => censored === side).length;
  const [above, below] = [count("above"), count("below")];
  return {
    gate: "crossing inside the rates",
    value: `${above} of ${known.length} launches met the SLO at every rate, ${below} at none`,
    limit: "0 and 0",
    pass: above + below === 0,
    cause: "plan",
    fails_to: "exploratory",
  };
}
