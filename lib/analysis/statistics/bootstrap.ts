/** Bootstrap of one statistic: resamples, percentile and BCa intervals. */
import normalCdf from "@stdlib/normal-cdf";
import normalQuantile from "@stdlib/normal-quantile";
import { quantileSorted } from "simple-statistics";

export type Statistic = (values: readonly number[]) => number;

/** As many draws with replacement as there are items. simple-statistics' `sampleWithReplacement`
 * draws by rounding a generator that it does not always take; here each draw is one call. */
export function resample<T>(items: readonly T[], random: () => number): T[] {
  return items.map(() => items[Math.floor(random() * items.length)]!);
}

/** The statistic of `resamples` resamples, sorted. Not for a handful of launches (note 3.2). */
export function bootstrapStatistics(
  values: readonly number[],
  statistic: Statistic,
  { resamples, random }: { resamples: number; random: () => number },
): Float64Array {
  return Float64Array.from({ length: resamples }, () => statistic(resample(values, random))).sort();
}

/** Type 7 quantiles of sorted bootstrap statistics at (1 − level) / 2 and (1 + level) / 2. */
export function percentileInterval(
  sorted: Float64Array,
  level = 0.95,
): { low: number; high: number } {
  return atLevels(sorted, [(1 - level) / 2, (1 + level) / 2]);
}

/** Jackknife acceleration of BCa: Σ (m − j)³ / (6 (Σ (m − j)²)^1.5) over leave-one-out values j. */
export function jackknifeAcceleration(values: readonly number[], statistic: Statistic): number {
  const without = values.map((_, i) => statistic(values.toSpliced(i, 1)));
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
  const sum = (power: number) =>
    without.reduce((total, value) => total + (mean - value) ** power, 0);
  const squares = sum(2);
  return squares === 0 ? 0 : sum(3) / (6 * squares ** 1.5);
}

/**
 * How statistics equal to the estimate count in the bias correction z0: `half` as SciPy does (the
 * mean of < and ≤; our default), `none` as R's boot does. They differ by design (method note 7.5).
 */
export type EqualCount = "half" | "none";

/** The share of sorted statistics below the estimate. */
export function shareBelow(sorted: Float64Array, estimate: number, equal: EqualCount): number {
  let [below, same] = [0, 0];
  for (const value of sorted) {
    if (value < estimate) below++;
    else if (value === estimate) same++;
    else break;
  }
  return (below + (equal === "half" ? same / 2 : 0)) / sorted.length;
}

/** The two levels at which BCa reads the bootstrap distribution (Efron 1987). */
export function bcaLevels(
  share_below: number,
  acceleration: number,
  level = 0.95,
): [number, number] {
  const z0 = normalQuantile(share_below, 0, 1);
  const at = (p: number) => {
    const z = z0 + normalQuantile(p, 0, 1);
    return normalCdf(z0 + z / (1 - acceleration * z), 0, 1);
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

/**
 * Bias-corrected and accelerated interval of `statistic` from its sorted bootstrap values. Null where
 * all of them lie on one side of the estimate: there is no z0 then.
 */
export function bcaInterval(
  sorted: Float64Array,
  { values, statistic, level = 0.95, equal = "half" }: {
    values: readonly number[];
    statistic: Statistic;
    level?: number;
    equal?: EqualCount;
  },
): { low: number; high: number } | null {
  const share = shareBelow(sorted, statistic(values), equal);
  if (share === 0 || share === 1) return null;
  return atLevels(sorted, bcaLevels(share, jackknifeAcceleration(values, statistic), level));
}

function atLevels(sorted: Float64Array, [low, high]: readonly [number, number]) {
  const values = sorted as unknown as number[];
  return { low: quantileSorted(values, low), high: quantileSorted(values, high) };
}
