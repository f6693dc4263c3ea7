/** The clock of all telemetry: monotonic, and the wall clock's time when this process started. */

/** Milliseconds since 1970; differences are those of `performance.now()`. */
export function unixMs(): number {
  return performance.timeOrigin + performance.now();
}
