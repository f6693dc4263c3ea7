/** How many independent values a correlated series is worth. */
import { autocorrelation } from "./autocorrelation.ts";

export interface EffectiveSampleSize {
  /** Integrated autocorrelation time: how many values carry what one independent value does. */
  tau: number;
  /** n / tau, never above n. */
  n_eff: number;
  /** Pairs of autocorrelations that entered. */
  pairs: number;
}

/**
 * Effective size of `values` in the order in which they were sent, by Geyer's initial positive
 * sequence: tau = −1 + 2 Σ (ρ(2m) + ρ(2m + 1)) while the pair sums stay positive (Geyer, "Practical
 * Markov Chain Monte Carlo", 1992; method note 2.4).
 */
export function effectiveSampleSize(values: readonly number[]): EffectiveSampleSize {
  const n = values.length;
  if (n < 4) return { tau: 1, n_eff: n, pairs: 0 };
  const rho = lazyAutocorrelation(values);
  let total = 0;
  let pairs = 0;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = rho(lag) + rho(lag + 1);
    if (pair <= 0) break;
    total += pair;
    pairs++;
  }
  const tau = Math.max(2 * total - 1, 1);
  return { tau, n_eff: n / tau, pairs };
}

/** Autocorrelations in growing batches: most series need few lags, a slow one needs many. */
function lazyAutocorrelation(values: readonly number[]): (lag: number) => number {
  let known: number[] = [];
  return (lag) => {
    if (lag >= known.length) {
      known = autocorrelation(values, Math.min(Math.max(4 * lag, 7), values.length - 1));
    }
    return known[lag]!;
  };
}
