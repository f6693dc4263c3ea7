/** A calibration for tests; no number in it was measured. */
import type { Calibration, CalibrationLevel } from "../calibration_record.ts";

/** A level of `streams` streams, the client within all limits. */
export function calibrationLevel(
  streams: number,
  changes: Partial<CalibrationLevel> = {},
): CalibrationLevel {
  const some = { p50: 0.1, p90: 0.2, p99: 0.5, max: 1 };
  return {
    mode: "step",
    streams,
    token_ms: 20,
    events_per_s: 50 * streams,
    requests: streams,
    failed: 0,
    ttft_error_ms: some,
    tpot_error_share: some,
    gap_error_ms: some,
    throughput_error_share: 0,
    server_send_late_ms: some,
    server_read_late_ms: some,
    breaches: [],
    limited_by: null,
    ...changes,
  };
}

/** Two levels, of which the client broke a limit at the second. */
export function calibration(changes: Partial<Calibration> = {}): Calibration {
  const broken = { breaches: ["|gap error| p99 5.00 ms, limit 2"], limited_by: "client" as const };
  return {
    at: "2026-01-02T03:04:05.678Z",
    machine: { cpu: "Invented CPU", cores: 2, memory_bytes: 1, os: "linux", gpu: null },
    deno: "2.9.6",
    transport: "undici",
    workers: 1,
    server: { language: "c", why: null },
    limits: {
      ttft_error_ms_p50: 0.2,
      ttft_error_ms_p99: 2,
      tpot_error_share_p50: 0.005,
      throughput_error_share: 0.005,
      gap_error_ms_p99: 2,
    },
    levels: [calibrationLevel(10), calibrationLevel(20, broken)],
    ceiling_events_per_s: 500,
    ended_by: "client",
    ...changes,
  };
}
