/** Compares entries over paired blocks: the ratio, its interval, and what may be said. */
import { loadInWords, pointOf } from "./load_axis.ts";
import { ratioText } from "./number_text.ts";
import { ratioInterval } from "./statistics/ratio_interval.ts";
import { type Comparison, MEASURED_HERE, type SummaryRow } from "./summary_row.ts";

type ComparedMetric = Comparison["metric"];
/** An interval wider than this factor says too little to speak of "no difference". */
const WIDEST_FOR_NO_DIFFERENCE = 1.5;
const METRICS: ComparedMetric[] = ["output_tokens_per_s", "ttft_ms_p50", "tpot_ms_p50"];

/**
 * All pairs of entries at each workload and load. Real and simulated engines are never paired, nor
 * are different runs; a pair uses only blocks in which neither trial is INVALID.
 */
export function compareEntries(rows: readonly SummaryRow[]): Comparison[] {
  const cells = Map.groupBy(
    rows,
    (row) => JSON.stringify([row.run_id, row.simulated, row.workload, row.load]),
  );
  return [...cells.values()].flatMap((cell) => {
    const entries = [...new Set(cell.map(({ engine }) => engine))];
    const pairs = entries.flatMap((b, i) => entries.slice(i + 1).map((a) => [a, b] as const));
    return METRICS.flatMap((metric) => pairs.map(([a, b]) => comparePair(cell, metric, a, b)));
  });
}

function comparePair(cell: SummaryRow[], metric: ComparedMetric, a: string, b: string): Comparison {
  const { simulated, workload } = cell[0]!;
  const point = pointOf(cell[0]!);
  const usable = (entry: string) =>
    new Map(
      cell.filter((row) => row.engine === entry && row.verdict !== "INVALID")
        .map((row) => [row.block, row[metric]]),
    );
  const [ofA, ofB] = [usable(a), usable(b)];
  const pairs = [...ofA].flatMap(([block, value]): [number, number][] => {
    const other = ofB.get(block) ?? null;
    return value === null || other === null ? [] : [[value, other]];
  });
  const interval = ratioInterval(pairs);
  const both = cell.filter(({ engine }) => engine === a || engine === b);
  const left_out = new Set(both.map(({ block }) => block)).size - pairs.length;
  const base = { simulated, workload, ...point, metric, a, b, launches: pairs.length, left_out };
  const imported = both.some(({ measured_by }) => measured_by !== MEASURED_HERE);
  const verdict = interval === null
    ? "not comparable"
    // Repeats in other tools' files are no fresh launches on the same prompts, so they decide nothing.
    : imported
    ? "cannot tell"
    : interval.low > 1
    ? "a higher"
    : interval.high < 1
    ? "a lower"
    : interval.high / interval.low > WIDEST_FOR_NO_DIFFERENCE
    ? "cannot tell"
    : "no difference seen";
  const numbers = {
    ...interval ?? { ratio: null, low: null, high: null },
    ...(imported ? { imported } : {}),
  };
  const comparison = { ...base, ...numbers, verdict } as const;
  const unit = imported
    ? "imported repeats"
    : both.some(({ kind }) => kind === "external")
    ? "passes"
    : "launches";
  return { ...comparison, sentence: sentenceOf(comparison, unit) };
}

const WORDS: Record<ComparedMetric, string> = {
  output_tokens_per_s: "output tokens per second",
  ttft_ms_p50: "median TTFT",
  tpot_ms_p50: "median TPOT",
};

function sentenceOf(comparison: Omit<Comparison, "sentence">, unit: string): string {
  const { a, b, metric, launches, left_out, ratio, low, high, verdict } = comparison;
  const users = loadInWords(comparison);
  if (ratio === null || low === null || high === null) {
    return `At ${users}, ${a} and ${b} cannot be compared on ${WORDS[metric]}: ` +
      `${launches} paired ${unit} with a usable value, 2 are needed.`;
  }
  const size = `ratio ${ratioText(ratio)}, 95 % interval ${ratioText(low)}–${ratioText(high)}, ` +
    `${launches} ${unit} each${
      left_out === 0 ? "" : `, ${left_out} left out as unusable`
    }, exploratory`;
  if (verdict === "no difference seen") {
    return `At ${users}, no difference seen in ${WORDS[metric]} between ${a} and ${b} (${size}).`;
  }
  if (verdict === "cannot tell") {
    return `At ${users}, these data cannot tell ${a} from ${b} in ${WORDS[metric]} (${size}).`;
  }
  const times = `${ratioText(ratio)} times`;
  return `At ${users}, ${a} has ${times} the ${WORDS[metric]} of ${b} (${size}).`;
}
