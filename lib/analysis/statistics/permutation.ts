/** Exact tests that need no ranks and no distribution: every way in which chance could have dealt. */

const MOST_WAYS = 2_000_000;
/** Sums in another order differ in the last bits; they still count as equally extreme. */
const SAME = 1 - 1e-12;

export interface Permutation {
  /** Arrangements whose difference is at least as far from zero as the observed one. */
  as_extreme: number;
  ways: number;
  /** as_extreme / ways, two-sided. */
  p: number;
}

/**
 * All splits of the pooled values into samples of these sizes, by the difference of the means
 * (method note 7.2). Throws a RangeError above two million splits. simple-statistics'
 * `permutationTest` draws at random.
 */
export function permutationTest(a: readonly number[], b: readonly number[]): Permutation {
  const pooled = [...a, ...b];
  refuseAbove(combinations(pooled.length, a.length));
  const total = pooled.reduce((sum, value) => sum + value, 0);
  const distance = (sum: number) => Math.abs(sum / a.length - (total - sum) / b.length);
  const observed = distance(a.reduce((sum, value) => sum + value, 0)) * SAME;
  let [ways, as_extreme] = [0, 0];
  const choose = (from: number, left: number, sum: number): void => {
    if (left === 0) {
      ways++;
      if (distance(sum) >= observed) as_extreme++;
      return;
    }
    for (let i = from; i <= pooled.length - left; i++) choose(i + 1, left - 1, sum + pooled[i]!);
  };
  choose(0, a.length, 0);
  return { as_extreme, ways, p: as_extreme / ways };
}

/** All signs of paired differences, by their mean. Throws a RangeError above two million. */
export function signFlipTest(differences: readonly number[]): Permutation {
  const ways = 2 ** differences.length;
  refuseAbove(ways);
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0)) * SAME;
  let as_extreme = 0;
  for (let signs = 0; signs < ways; signs++) {
    let sum = 0;
    for (const [i, value] of differences.entries()) sum += (signs >> i) & 1 ? value : -value;
    if (Math.abs(sum) >= observed) as_extreme++;
  }
  return { as_extreme, ways, p: as_extreme / ways };
}

function combinations(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
  return Math.round(ways);
}

function refuseAbove(ways: number): void {
  if (ways > MOST_WAYS) {
    throw new RangeError(
      `an exact permutation test of ${ways} arrangements; ${MOST_WAYS} is the most`,
    );
  }
}
