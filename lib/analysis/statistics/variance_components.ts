/** How much of the spread lies between launches and how much inside them. */

export interface VarianceComponents {
  mean_square_between: number;
  mean_square_within: number;
  f: number;
  /** Variance of the launch effect; 0 where the estimate is negative. */
  between: number;
  /** Variance inside a launch. */
  within: number;
  /** Intraclass correlation: between / (between + within). */
  icc: number;
}

/**
 * One-way random-effects ANOVA of passes nested in launches, by the method of moments; groups may
 * differ in size (Searle; method note 7.8). Null without two groups and one group of two.
 */
export function varianceComponents(
  groups: readonly (readonly number[])[],
): VarianceComponents | null {
  const k = groups.length;
  const values = groups.flat();
  const n = values.length;
  if (k < 2 || n <= k || groups.some(({ length }) => length === 0)) return null;
  const meanOf = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const grand = meanOf(values);
  let [between, within] = [0, 0];
  for (const group of groups) {
    const mean = meanOf(group);
    between += group.length * (mean - grand) ** 2;
    within += group.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  const mean_square_between = between / (k - 1);
  const mean_square_within = within / (n - k);
  const size = (n - groups.reduce((sum, { length }) => sum + length ** 2, 0) / n) / (k - 1);
  const launch = Math.max((mean_square_between - mean_square_within) / size, 0);
  const total = launch + mean_square_within;
  return {
    mean_square_between,
    mean_square_within,
    f: mean_square_between / mean_square_within,
    between: launch,
    within: mean_square_within,
    icc: total === 0 ? 0 : launch / total,
  };
}

/**
 * Passes a launch that give the most precision for the time: √(launch cost / pass cost × within /
 * between), not rounded (Kalibera and Jones 2013; method note 2.5). Below 1: one pass, more launches.
 */
export function bestPassesPerLaunch(
  { between, within }: Pick<VarianceComponents, "between" | "within">,
  { launch_s, pass_s }: { launch_s: number; pass_s: number },
): number {
  return Math.sqrt(launch_s / pass_s * within / between);
}
