/** How a series resembles itself some steps later. */

/**
 * Autocorrelation at lags 0 … `lags`, each autocovariance divided by n (R's `acf`). A series without
 * spread gives 1 at lag 0 and 0 after it. Neither simple-statistics nor @stdlib has it.
 */
export function autocorrelation(values: readonly number[], lags: number): number[] {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map((value) => value - mean);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += centred[i]! * centred[i - lag]!;
    return sum;
  };
  const variance = covariance(0);
  return Array.from(
    { length: lags + 1 },
    (_, lag) => lag === 0 ? 1 : variance === 0 ? 0 : covariance(lag) / variance,
  );
}
