/**
 * What a count of successes says about the true share. Counts need not be whole: of an effective sample
 * size a share of it is taken.
 */
import betaQuantile from "@stdlib/beta-quantile";
import binomialCdf from "@stdlib/binomial-cdf";

/** Clopper-Pearson lower bound that holds with probability `confidence`, one-sided. */
export function shareLowerBound(successes: number, n: number, confidence = 0.95): number {
  return successes === 0 ? 0 : betaQuantile(1 - confidence, successes, n - successes + 1);
}

/** Clopper-Pearson upper bound that holds with probability `confidence`, one-sided. */
export function shareUpperBound(successes: number, n: number, confidence = 0.95): number {
  return successes === n ? 1 : betaQuantile(confidence, successes + 1, n - successes);
}

/** Two-sided Clopper-Pearson interval (R's `binom.test`; method note 7.6). */
export function shareInterval(
  successes: number,
  n: number,
  level = 0.95,
): { low: number; high: number } {
  const confidence = (1 + level) / 2;
  return {
    low: shareLowerBound(successes, n, confidence),
    high: shareUpperBound(successes, n, confidence),
  };
}

/**
 * Requests needed for the lower bound of attainment to reach `target` when `misses` of them miss the
 * SLO (method note 3.5).
 */
export function requestsToPass(target: number, misses: number, confidence = 0.95): number {
  let n = misses + 1;
  while (binomialCdf(misses, n, 1 - target) > 1 - confidence) n++;
  return n;
}

/**
 * One probe of a load against an attainment target: `pass` and `fail` where a one-sided bound lies
 * beyond the target, `undecided` between. With several looks at a growing sample each look spends
 * its share of the error (method note 3.5). Pass the effective sample size where misses cluster.
 */
export function probeAttainment(
  { met, n, target, looks = 1 }: { met: number; n: number; target: number; looks?: number },
): "pass" | "fail" | "undecided" {
  const confidence = 1 - 0.05 / looks;
  if (shareLowerBound(met, n, confidence) >= target) return "pass";
  return shareUpperBound(met, n, confidence) < target ? "fail" : "undecided";
}
