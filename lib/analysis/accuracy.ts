/** Whether an entry answers worse than another of the same model, which no speed makes up for. */
import type { Config } from "@/config/schema.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { AccuracyRecord } from "@/records/accuracy_record.ts";
import { shareInterval } from "./statistics/binomial_bounds.ts";
import { mcnemarExact } from "./statistics/mcnemar.ts";
import { holm } from "./statistics/multiple_testing.ts";
import type { Comparison } from "./comparison_row.ts";

/** Fewer items cannot tell entries apart (method note 0b N). */
export const FEWEST_ITEMS = 200;
const ALPHA = 0.05;

/** One entry's answers. */
export interface AccuracyScore {
  entry: string;
  simulated: boolean;
  right: number;
  items: number;
  /** Clopper-Pearson 95 % interval of the share. */
  low: number;
  high: number;
}

/** Two entries of one model on the same items. */
export interface AccuracyPair {
  a: string;
  b: string;
  only_a: number;
  only_b: number;
  /** McNemar's exact p, Holm-corrected over all pairs of the run. */
  p: number;
  /** The entry that is worse; null where none is. */
  worse: string | null;
}

export interface AccuracyFindings {
  scores: AccuracyScore[];
  pairs: AccuracyPair[];
}

/** All entries that were asked, and all pairs of one model. Simulated entries stand apart. */
export function accuracyFindings(
  { config }: Pick<Manifest, "config">,
  told: readonly AccuracyRecord[],
): AccuracyFindings {
  const order = Object.keys(config.engines);
  const records = told.toSorted((a, b) => order.indexOf(a.entry) - order.indexOf(b.entry));
  const scores = records.map(({ entry, simulated, answers }) => {
    const right = answers.filter((answer) => answer.right).length;
    const items = answers.length;
    return { entry, simulated, right, items, ...shareInterval(right, items) };
  });
  const comparable = Map.groupBy(
    records,
    ({ entry, simulated, sha256 }) => JSON.stringify([modelOf(config, entry), simulated, sha256]),
  );
  const pairs = [...comparable.values()].flatMap((group) =>
    group.flatMap((a, i) => group.slice(i + 1).map((b) => pairOf(a, b)))
  );
  const adjusted = holm(pairs.map(({ p }) => p));
  return { scores, pairs: pairs.map((pair, i) => withWorse({ ...pair, p: adjusted[i]! })) };
}

function modelOf({ engines, model }: Config, entry: string): string {
  const own = engines[entry];
  return own?.kind === "external" ? own.model : model.name;
}

function pairOf(a: AccuracyRecord, b: AccuracyRecord) {
  const ofB = new Map(b.answers.map(({ item_id, right }) => [item_id, right]));
  const both = a.answers.filter(({ item_id }) => ofB.has(item_id));
  const only_a = both.filter(({ item_id, right }) => right && !ofB.get(item_id)).length;
  const only_b = both.filter(({ item_id, right }) => !right && ofB.get(item_id)).length;
  return { a: a.entry, b: b.entry, only_a, only_b, p: mcnemarExact(only_a, only_b) };
}

function withWorse(pair: Omit<AccuracyPair, "worse">): AccuracyPair {
  const worse = pair.p >= ALPHA ? null : pair.only_a < pair.only_b ? pair.a : pair.b;
  return { ...pair, worse };
}

/** By entry: why it gets no speed verdict. */
export function worseEntries({ scores, pairs }: AccuracyFindings): Map<string, string> {
  const shown = (name: string) => {
    const score = scores.find(({ entry }) => entry === name)!;
    return `${score.right} of ${score.items}`;
  };
  return new Map(pairs.flatMap(({ a, b, p, worse }) => {
    if (worse === null) return [];
    const better = worse === a ? b : a;
    const text = `${worse} answers ${shown(worse)} accuracy items as they should be, ${better} ` +
      `${shown(better)} (McNemar's exact p ${
        p < 0.001 ? "< 0.001" : p.toFixed(3)
      }, Holm-corrected)`;
    return [[worse, text] as const];
  }));
}

/** The comparisons with those taken back in which an entry answers worse; `named` gives its name in rows. */
export function withoutWorse(
  comparisons: readonly Comparison[],
  worse: ReadonlyMap<string, string>,
): Comparison[] {
  return comparisons.map((row) => {
    const why = worse.get(row.a) ?? worse.get(row.b);
    if (why === undefined) return row;
    return {
      ...row,
      ...NO_NUMBERS,
      verdict: "not comparable",
      claim: "exploratory",
      exploratory_because: [...row.exploratory_because, why],
      sentence: `${row.a} and ${row.b} get no verdict on speed: ${why}.`,
    };
  });
}

const NO_NUMBERS = {
  ratio: null,
  low: null,
  high: null,
  tie_low: null,
  tie_high: null,
  winner: null,
  also_tie: false,
  p: null,
  p_adjusted: null,
  p_holm: null,
};
