/** Axis domains and ticks: readable at small sizes, zero-based unless the range is wide. */

export interface AxisScale {
  type: "linear" | "log";
  domain: [number, number];
  ticks: number[];
}

/** Zero-based, or logarithmic when the largest value is over 20 times the smallest. */
export function valueScale(values: number[]): AxisScale {
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  const wide = positive.length > 0 && positive.length === values.length && high / low > 20;
  return wide ? logScale(low / 1.2, high * 1.2) : zeroScale(values);
}

/** From zero to a little above the largest value. */
export function zeroScale(values: number[]): AxisScale {
  const top = Math.max(...values, 0) * 1.06 || 1;
  const step = niceStep(top / 4);
  const ticks = Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => tidy(i * step));
  return { type: "linear", domain: [0, top], ticks };
}

/** Logarithmic, with ticks at 1, 2, 5 × powers of ten, or at the powers alone when that is enough. */
export function logScale(low: number, high: number): AxisScale {
  const powers: number[] = [];
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++) powers.push(p);
  const within = (steps: number[]) =>
    powers.flatMap((p) => steps.map((s) => tidy(s * 10 ** p))).filter((t) => t >= low && t <= high);
  const fine = within([1, 2, 5]);
  return { type: "log", domain: [low, high], ticks: fine.length <= 7 ? fine : within([1]) };
}

/** Logarithmic over levels of load, with a tick at each level that has room for its number. */
export function levelScale(levels: number[], widthPx: number): AxisScale {
  const sorted = [...new Set(levels)].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 1, sorted.at(-1) ?? 1];
  const pad = first === last ? 1.5 : (last / first) ** 0.08;
  const domain: [number, number] = [first / pad, last * pad];
  const at = (level: number) =>
    widthPx * Math.log(level / domain[0]) / Math.log(domain[1] / domain[0]);
  const ticks: number[] = [];
  for (const level of sorted.toReversed()) {
    const room = Math.max(26, 8 * String(level).length);
    if (ticks.length === 0 || at(ticks[0]!) - at(level) >= room) ticks.unshift(level);
  }
  return { type: "log", domain, ticks };
}

// The ones that should win room come first.
const RATIO_TICKS = [
  ...[2, 0.5, 10, 0.1, 5, 0.2, 100, 0.01, 1.5, 0.7, 1.2, 0.8, 3, 0.3, 1.1, 0.9, 20, 0.05],
  ...[50, 0.02, 1000, 0.001, 1.05, 0.95],
];

/** Logarithmic around 1, for ratios; 1 always has a tick, others where they have room. */
export function ratioScale(values: number[], widthPx: number): AxisScale {
  const low = Math.min(...values, 0.9) / 1.08;
  const high = Math.max(...values, 1.1) * 1.08;
  const at = (value: number) => widthPx * Math.log(value / low) / Math.log(high / low);
  const candidates = RATIO_TICKS.filter((value) => value >= low && value <= high);
  const ticks = [1];
  for (const value of candidates) {
    if (ticks.every((tick) => Math.abs(at(tick) - at(value)) >= 40)) ticks.push(value);
  }
  return { type: "log", domain: [low, high], ticks: ticks.sort((a, b) => a - b) };
}

/** Moves positions apart so that neighbours are at least `gap` away, inside `[top, bottom]`. */
export function dodge(positions: number[], gap: number, top: number, bottom: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const moved = [...positions];
  let floor = top;
  for (const i of order) {
    moved[i] = Math.max(moved[i]!, floor);
    floor = moved[i]! + gap;
  }
  let ceiling = bottom;
  for (const i of order.toReversed()) {
    moved[i] = Math.min(moved[i]!, ceiling);
    ceiling = moved[i]! - gap;
  }
  return moved;
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return tidy((lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10) * power);
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
