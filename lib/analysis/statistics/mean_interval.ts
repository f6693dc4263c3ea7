/** The mean of launches with its interval. */
import { mean, sampleStandardDeviation } from "simple-statistics";
import { halfWidthFactor } from "./ratio_interval.ts";

/**
 * Mean and t interval of independent values: one a launch, never one a request or a pass (method
 * note 7.8 shows the difference). Null below two values.
 */
export function meanInterval(
  values: readonly number[],
  level = 0.95,
): { mean: number; low: number; high: number } | null {
  if (values.length < 2) return null;
  const centre = mean([...values]);
  const half = halfWidthFactor(values.length, level) * sampleStandardDeviation([...values]);
  return { mean: centre, low: centre - half, high: centre + half };
}
