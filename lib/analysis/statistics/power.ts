/** What a plan can resolve, before the hours are spent. */
import normalCdf from "@stdlib/normal-cdf";
import type { IntervalDesign } from "./interval_design.ts";

/** A design and the noise it meets. */
export interface PowerInput {
  design: IntervalDesign;
  /** True standard deviation of a pair's log differences. */
  sd: number;
  margin: number;
}

/** Chance of "better" (lower end above 1 + margin) for a true ratio. */
export function betterPower({ design, sd, margin }: PowerInput, true_ratio: number): number {
  const distance = Math.log(true_ratio / (1 + margin)) / sd;
  return overSpread(
    design.df,
    (spread) => normalCdf((distance - design.factor * spread) * Math.sqrt(design.k), 0, 1),
  );
}

/** Chance that engines of equal speed are shown to tie: the whole interval inside the margin. */
export function tiePower({ design, sd, margin }: PowerInput): number {
  const distance = Math.log1p(margin) / sd;
  return overSpread(design.df, (spread) => {
    const room = distance - design.factor * spread;
    return room <= 0 ? 0 : 2 * normalCdf(room * Math.sqrt(design.k), 0, 1) - 1;
  });
}

/** The true difference (0.05: 5 %) that is called "better" with the given power. */
export function resolvableDifference(input: PowerInput, power = 0.8): number {
  let [low, high] = [1 + input.margin, 10];
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (betterPower(input, middle) < power) low = middle;
    else high = middle;
  }
  return high - 1;
}

const STEPS = 2000;

/**
 * Mean of `value` over an estimated standard deviation in units of the true one, x = √(χ²_df / df),
 * by midpoints under its density x^(df − 1) exp(−df x² / 2). With a normal mean this is the
 * noncentral t distribution, which @stdlib lacks and jstat has to nine digits only.
 */
function overSpread(df: number, value: (spread: number) => number): number {
  const end = 1 + 9 / Math.sqrt(2 * df);
  let [sum, weight] = [0, 0];
  for (let i = 0; i < STEPS; i++) {
    const x = (i + 0.5) * end / STEPS;
    const density = Math.exp((df - 1) * Math.log(x) - df * (x * x - 1) / 2);
    sum += density * value(x);
    weight += density;
  }
  return sum / weight;
}
