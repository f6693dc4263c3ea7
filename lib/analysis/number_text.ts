/** How numbers and units are written, the same in figures, tables and sentences. */
import { METRICS } from "./metrics.ts";
import type { MetricName } from "./metrics.ts";

const NONE = "–";

/** Fixed decimals with thousands separators; null and non-finite become a dash. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** A metric's value in the unit it is shown in: memory is kept in bytes and shown in MiB. */
export function shown(metric: MetricName, value: number): number {
  return metric === "memory_bytes" ? value / 2 ** 20 : value;
}

/** A metric's value as text without its unit. */
export function metricText(metric: MetricName, value: number | null): string {
  return value === null ? NONE : fixed(shown(metric, value), METRICS[metric].decimals);
}

/** A metric's value as text with its unit. */
export function metricWithUnit(metric: MetricName, value: number | null): string {
  return value === null ? NONE : `${metricText(metric, value)} ${METRICS[metric].unit}`;
}

/** A ratio with three significant places around 1, fewer where it is large. */
export function ratioText(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  return fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3);
}

/**
 * How much better, as it stands after "is better" and the like: ` by 37.7 %` for a ratio of 1.377, from
 * twice on `, 4.47 times as good`; nothing for a ratio that is not known or has no bound.
 */
export function byHowMuch(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return "";
  return ratio < 2 ? ` by ${fixed(100 * (ratio - 1), 1)} %` : `, ${ratioText(ratio)} times as good`;
}

/** The interval of a ratio, e.g. `1.014..1.093`; null and Infinity are ends that nothing bounds. */
export function rangeText(low: number | null, high: number | null): string {
  if (low === null || low === Infinity) return "unbounded";
  const near = Math.max(low, Number.isFinite(high) ? high! : 0) < 2;
  const end = (value: number | null) =>
    !Number.isFinite(value) ? "unbounded" : near ? fixed(value, 3) : ratioText(value);
  return `${end(low)}..${end(high)}`;
}

/** The level of an interval, e.g. `95 %`. */
export function levelText(level: number): string {
  return `${Number((100 * level).toFixed(2))} %`;
}

/** `1 launch`, `3 launches`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${fixed(count, 0)} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A label inside a sentence: `Output throughput` loses its capital, `TTFT` keeps it. */
export function inSentence(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;
}
