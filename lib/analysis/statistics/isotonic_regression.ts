/** The monotone series that is closest to a noisy one. */

/**
 * Weighted least-squares fit that never falls (`increasing`) or never rises (`decreasing`), by
 * pooling adjacent violators (Barlow et al. 1972; R's `isoreg`). Libraries looked at: none kept has it.
 */
export function isotonicRegression(
  values: readonly number[],
  direction: "increasing" | "decreasing",
  weights: readonly number[] = values.map(() => 1),
): number[] {
  const sign = direction === "increasing" ? 1 : -1;
  const pools: { mean: number; weight: number; size: number }[] = [];
  for (const [i, value] of values.entries()) {
    let pool = { mean: sign * value, weight: weights[i]!, size: 1 };
    while (pools.length > 0 && pools.at(-1)!.mean > pool.mean) {
      const last = pools.pop()!;
      const weight = last.weight + pool.weight;
      const mean = (last.mean * last.weight + pool.mean * pool.weight) / weight;
      pool = { mean, weight, size: last.size + pool.size };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ mean, size }) => Array.from({ length: size }, () => sign * mean));
}
