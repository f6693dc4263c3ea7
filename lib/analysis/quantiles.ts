/** Quantiles that know what their sample can carry. */
import { quantile } from "simple-statistics";

/** Smallest sample that gives a two-sided 95 % order-statistic interval (method note 2.3). */
const SMALLEST_SAMPLE: Record<number, number> = { 0.5: 6, 0.9: 36, 0.95: 72, 0.99: 368 };

/**
 * The type 7 quantile (as R and NumPy by default); null when the sample is too small to say anything
 * about it, or when it falls on a failed request.
 */
export function carriedQuantile(
  values: readonly number[],
  p: 0.5 | 0.9 | 0.95 | 0.99,
): number | null {
  if (values.length < SMALLEST_SAMPLE[p]!) return null;
  const value = quantile([...values], p);
  return Number.isFinite(value) ? value : null;
}
