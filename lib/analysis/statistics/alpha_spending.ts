/** How much error each planned look at growing data may spend. */
import normalCdf from "@stdlib/normal-cdf";
import normalQuantile from "@stdlib/normal-quantile";

/**
 * Two-sided error of each look by itself, such that all looks together hold `alpha`: O'Brien-Fleming
 * shaped spending (Lan and DeMets, Biometrika 1983), α(t) = 2 − 2 Φ(z(α/4) / √t) on each side, with
 * t = look / last look. Bounds come from the looks' joint normal law (Armitage, McPherson and Rowe
 * 1969); for t statistics they are taken as levels. `looks` are counts of blocks, going up.
 */
export function lookErrors(looks: readonly number[], alpha = 0.05): number[] {
  const times = looks.map((look) => look / looks.at(-1)!);
  const spent = times.map((t) =>
    2 * normalCdf(normalQuantile(alpha / 4, 0, 1) / Math.sqrt(t), 0, 1)
  );
  let kept: Density | null = null;
  return times.map((t, i) => {
    const share = spent[i]! - (spent[i - 1] ?? 0);
    const next: (x: number) => number = kept === null ? startDensity(t) : step(kept, t);
    const bound = boundFor(next, share, t);
    kept = sampled(next, bound, t);
    return 2 * normalCdf(-bound / Math.sqrt(t), 0, 1);
  });
}

/** Density of the sum of increments of the studies that went on, on a grid between the bounds. */
interface Density {
  t: number;
  at: number[];
  weight: number[];
}

const POINTS = 801;

function startDensity(t: number): (x: number) => number {
  return (x) => Math.exp(-x * x / (2 * t)) / Math.sqrt(2 * Math.PI * t);
}

function step({ t: before, at, weight }: Density, t: number): (x: number) => number {
  const increment = startDensity(t - before);
  return (x) => at.reduce((sum, y, i) => sum + weight[i]! * increment(x - y), 0);
}

function sampled(density: (x: number) => number, bound: number, t: number): Density {
  const h = 2 * bound / (POINTS - 1);
  const at = Array.from({ length: POINTS }, (_, i) => -bound + i * h);
  const weight = at.map((x, i) => h / 3 * simpson(i) * density(x));
  return { t, at, weight };
}

/** The bound above which `share` lies: Simpson's rule from far out inwards, then between two points. */
function boundFor(density: (x: number) => number, share: number, t: number): number {
  const far = 8 * Math.sqrt(t);
  const h = far / 2000;
  let above = 0;
  let right = density(far);
  for (let x = far - h; x > 0; x -= h) {
    const left = density(x);
    const strip = h / 6 * (left + 4 * density(x + h / 2) + right);
    if (above + strip >= share) return x + h * (1 - (share - above) / strip);
    above += strip;
    right = left;
  }
  return 0;
}

function simpson(i: number): number {
  return i === 0 || i === POINTS - 1 ? 1 : i % 2 === 1 ? 4 : 2;
}
