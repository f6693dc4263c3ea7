/** From verdicts to advice: for each use case which entry, how sure, and what would change it. */
import type { UseCase } from "@/config/use_cases.ts";
import type { Comparison } from "./comparison_row.ts";
import { type EntryGroup, entryGroups } from "./entry_groups.ts";
import type { LevelRow } from "./summary_row.ts";
import { breakEvenPriceRatio, costPerMillion } from "./statistics/cost.ts";

export interface Recommendation {
  use_case: UseCase;
  simulated: boolean;
  run_id: string;
  /** `winner`: one entry is better than every other. `none`: several are not separable. */
  finding: "winner" | "none" | "not comparable";
  /** The winner alone, or those among which there is none; none where nothing can be compared. */
  entries: string[];
  /** Entries that missed the use case's SLO in every launch; they win nothing if another did not. */
  missed_slo: string[];
  claim: Comparison["claim"];
  exploratory_because: string[];
  groups: EntryGroup[];
  /** All pairs on the primary metric, and the same pairs on whatever else was compared at any load. */
  pairs: Comparison[];
  others: Comparison[];
  costs: EntryCost[];
}

/** What an entry's tokens cost at the use case's load; null where price or energy is not known. */
export interface EntryCost {
  entry: string;
  output_tokens_per_s: number;
  price_per_million: number | null;
  /** How many times the last entry's price an hour of this one may cost for equal cost a token. */
  break_even_price_ratio: number;
  energy_j_per_token: number | null;
  /** Median over launches of the share of requests that kept the SLO; null without one. */
  attainment: number | null;
}

export interface AdviceInput {
  use_cases: readonly UseCase[];
  comparisons: readonly Comparison[];
  levels: readonly LevelRow[];
  price_per_hour: number | null;
}

/** One recommendation for each use case and kind of engine, real ones first. */
export function recommendations(input: AdviceInput): Recommendation[] {
  return [false, true].flatMap((simulated) =>
    input.use_cases.flatMap((use_case) => {
      const own = input.comparisons.filter((row) =>
        row.simulated === simulated && row.workload === use_case.workload
      );
      const pairs = own.filter(({ use_cases, load, metric }) =>
        use_cases.includes(use_case.name) && load === use_case.load && metric === use_case.metric
      );
      return pairs.length === 0 ? [] : [recommend(use_case, pairs, own, input)];
    })
  );
}

function recommend(
  use_case: UseCase,
  pairs: Comparison[],
  own: Comparison[],
  { levels, price_per_hour }: AdviceInput,
): Recommendation {
  const { simulated, run_id } = pairs[0]!;
  const known = pairs.filter(({ verdict }) => verdict !== "not comparable");
  const groups = entryGroups(known);
  const missed_slo = missedSlo(groups, levels, use_case);
  const winner = clearWinner(known, missed_slo);
  const finding = known.length === 0 ? "not comparable" : winner !== null ? "winner" : "none";
  const entries = winner !== null ? [winner] : inseparable(candidatePairs(known, missed_slo));
  const deciding = winner !== null ? known.filter((pair) => involves(pair, winner)) : known;
  const claimed = deciding.length > 0 && deciding.every(({ claim }) => claim === "confirmatory");
  return {
    use_case,
    simulated,
    run_id,
    finding,
    entries,
    missed_slo,
    claim: claimed ? "confirmatory" : "exploratory",
    exploratory_because: [...new Set(deciding.flatMap((pair) => pair.exploratory_because))],
    groups,
    pairs,
    others: own.filter((row) => !pairs.includes(row)),
    costs: costsOf(groups.map(({ entry }) => entry), levels, use_case, price_per_hour),
  };
}

/** Who won, where the verdict is "better". */
export function winnerOf({ verdict, winner, a, b }: Comparison): string | null {
  return verdict !== "better" || winner === null ? null : winner === "a" ? a : b;
}

/** Whether the pair is about `entry`. */
export function involves({ a, b }: Comparison, entry: string): boolean {
  return a === entry || b === entry;
}

/** Below the target in each of two launches or more: the load is too much for them (method note 3.5). */
function missedSlo(
  groups: readonly EntryGroup[],
  levels: readonly LevelRow[],
  use_case: UseCase,
): string[] {
  return groups.map(({ entry }) => entry).filter((entry) => {
    const row = levelOf(entry, levels, use_case);
    return row?.attainment != null && row.launches > 1 && row.attainment.high < use_case.target;
  });
}

/** Pairs of entries that did not miss the SLO; all pairs where every entry did. */
function candidatePairs(known: Comparison[], missed_slo: readonly string[]): Comparison[] {
  const keeps = (entry: string) => !missed_slo.includes(entry);
  return known.some(({ a, b }) => keeps(a) || keeps(b))
    ? known.filter(({ a, b }) => keeps(a) && keeps(b))
    : known;
}

/** The entry that is better than every other candidate, or the only candidate. */
function clearWinner(known: Comparison[], missed_slo: readonly string[]): string | null {
  const pairs = candidatePairs(known, missed_slo);
  const names = [...new Set(known.flatMap(({ a, b }) => [a, b]))];
  const kept = names.filter((entry) => !missed_slo.includes(entry));
  const candidates = kept.length > 0 ? kept : names;
  // Unbeaten alone would also name one whose pairs are inconclusive.
  const beats = (entry: string, other: string) =>
    pairs.some((pair) => winnerOf(pair) === entry && involves(pair, other));
  return candidates.find((entry) =>
    candidates.every((other) => other === entry || beats(entry, other))
  ) ?? null;
}

/** Those that share a letter with an entry that nobody is shown to beat. */
function inseparable(pairs: Comparison[]): string[] {
  const groups = entryGroups(pairs);
  const best = new Set(groups.filter(({ unbeaten }) => unbeaten).flatMap(lettersOf));
  return groups.filter((group) => lettersOf(group).some((letter) => best.has(letter)))
    .map(({ entry }) => entry);
}

/** Beyond z a letter has two characters; so many entries share one string only. */
function lettersOf({ letters }: EntryGroup): string[] {
  return [...letters];
}

function levelOf(
  entry: string,
  levels: readonly LevelRow[],
  { workload, load }: UseCase,
): LevelRow | undefined {
  return levels.find((row) =>
    row.engine === entry && row.workload === workload && row.load === load
  );
}

function costsOf(
  entries: string[],
  levels: readonly LevelRow[],
  use_case: UseCase,
  price_per_hour: number | null,
): EntryCost[] {
  const rows = entries.map((entry) => levelOf(entry, levels, use_case));
  const last = rows.findLast((row) => row?.output_tokens_per_s != null)?.output_tokens_per_s
    ?.median;
  return rows.flatMap((row): EntryCost[] => {
    const rate = row?.output_tokens_per_s?.median;
    if (rate === undefined || last === undefined) return [];
    return [{
      entry: row!.engine,
      output_tokens_per_s: rate,
      price_per_million: price_per_hour === null ? null : costPerMillion(price_per_hour, rate),
      break_even_price_ratio: breakEvenPriceRatio(rate, last),
      energy_j_per_token: row!.energy_j_per_token?.median ?? null,
      attainment: row!.attainment?.median ?? null,
    }];
  });
}
