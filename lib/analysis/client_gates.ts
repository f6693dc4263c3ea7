/**
 * The checks that tell whether the client was fit, as data. A stream of known truth beside the load
 * decides (method note 0b L); everything else explains, and warns where there was no such stream.
 */
import type { Margins } from "@/config/use_case_schema.ts";
import type { CanaryRecord } from "@/records/canary_record.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { ClientHealth, TrialRecord } from "@/records/trial_record.ts";
import type { LittleSides } from "./littles_law.ts";
import type { Gate } from "./summary_row.ts";

export interface ClientGateInput {
  /** Differences that a user cares about (method note 0b E), as fixed before the run. */
  margins: Margins;
  record: TrialRecord | null;
  ttft_ms_p50: number | null;
  tpot_ms_p50?: number | null;
  /** Events with text a second in the window. */
  events_per_s?: number | null;
  /** Next to the run; null or absent where there was none. */
  calibration?: Calibration | null;
  /** Of a finished trial. */
  little?: LittleSides | null;
}

/** Shares of a margin from which the client's error is doubtful, and from which it is too much. */
const SUSPECT_SHARE = 1 / 10;
const INVALID_SHARE = 1 / 3;

/** The gates for which this trial has data. */
export function clientGates(input: ClientGateInput): Gate[] {
  const { record, calibration, little } = input;
  return [
    ...(little == null ? [] : [littlesLaw(little)]),
    ...(record?.canary === undefined ? [] : [canaryGate(record.canary, input)]),
    ...(record?.client?.gc === undefined ? [] : [clientHealth(record.client, input)]),
    ...(calibration == null ? [] : [calibrationGate(calibration, input)]),
  ];
}

/** True when a canary ran and its errors are small beside the trial's own values. */
export function canaryIsFine({ record, ...own }: ClientGateInput): boolean {
  const canary = record?.canary;
  if (canary === undefined || canary.requests === 0) return false;
  return canaryShares(canary, own).every(({ of_margin }) => of_margin <= SUSPECT_SHARE);
}

/** The canary's errors as shares of the margins; those that are known on both sides. */
function canaryShares(
  canary: CanaryRecord,
  { margins, ttft_ms_p50, tpot_ms_p50 = null }: Omit<ClientGateInput, "record">,
) {
  return [
    {
      metric: "TTFT",
      error_ms: canary.ttft_client_error_ms_p50,
      own_ms: ttft_ms_p50,
      margin_percent: margins.ttft_percent,
    },
    {
      metric: "TPOT",
      error_ms: canary.tpot_error_ms_p50,
      own_ms: tpot_ms_p50,
      margin_percent: margins.tpot_percent,
    },
  ].flatMap(({ metric, error_ms, own_ms, margin_percent }) => {
    if (error_ms === null || own_ms === null || !(own_ms > 0)) return [];
    const share = error_ms / own_ms;
    return [{ metric, error_ms, share, of_margin: 100 * share / margin_percent }];
  });
}

function canaryGate(canary: CanaryRecord, input: ClientGateInput): Gate {
  const shares = canaryShares(canary, input);
  const worst = Math.max(0, ...shares.map(({ of_margin }) => of_margin));
  const seen = shares.map(({ metric, error_ms, share }) =>
    `${metric} off by ${error_ms.toFixed(3)} ms, ${(100 * share).toFixed(2)} % of the trial's own`
  ).join("; ");
  const why = canary.error === null ? "the trial was too short for one" : canary.error;
  return {
    gate: "canary",
    value: canary.requests === 0
      ? `no stream of known truth came through: ${why}`
      : `${seen || "nothing to compare with"} (medians of ${canary.requests} streams)`,
    limit: `${limitText(SUSPECT_SHARE, input)}; INVALID above ${limitText(INVALID_SHARE, input)}`,
    pass: worst <= SUSPECT_SHARE,
    cause: "client",
    fails_to: worst > INVALID_SHARE ? "INVALID" : "SUSPECT",
  };
}

function limitText(share: number, { margins }: Pick<ClientGateInput, "margins">): string {
  const percent = (margin: number) => `${(margin * share).toFixed(1)} %`;
  return `TTFT ${percent(margins.ttft_percent)}, TPOT ${percent(margins.tpot_percent)}`;
}

/** Limits of method note 5.3: what they catch explains an error, and is none by itself. */
const HEALTH_LIMITS: {
  what: string;
  value: (health: ClientHealth) => number | null | undefined;
  limit: number;
  unit: string;
  cause: Gate["cause"];
}[] = [
  limit("event-loop lag p99", (health) => health.event_loop_lag_ms_p99, 2, "ms"),
  limit("event-loop lag max", (health) => health.event_loop_lag_ms_max, 20, "ms"),
  limit("CPU", (health) => percentOf(busiest(health)), 60, "% of a core"),
  limit("longest GC pause", (health) => health.gc?.max_ms, 20, "ms"),
  limit("time taken by the host", (health) => percentOf(health.steal_share), 1, "%", "environment"),
];

function limit(
  what: string,
  value: (health: ClientHealth) => number | null | undefined,
  most: number,
  unit: string,
  cause: Gate["cause"] = "client",
) {
  return { what, value, limit: most, unit, cause };
}

/** What the busiest worker used of a core; where there is one thread, the process. */
function busiest({ cpu_share, workers }: ClientHealth): number | null {
  return workers === undefined ? cpu_share : Math.max(...workers.map((worker) => worker.cpu_share));
}

function percentOf(share: number | null | undefined): number | null {
  return share == null ? null : 100 * share;
}

function clientHealth(health: ClientHealth, input: ClientGateInput): Gate {
  const over = HEALTH_LIMITS.filter(({ value, limit }) => (value(health) ?? 0) > limit);
  const seen = over.map(({ what, value, unit }) => `${what} ${value(health)!.toFixed(1)} ${unit}`);
  const harmless = over.length > 0 && canaryIsFine(input);
  const by = over.every(({ cause }) => cause === "environment") ? "environment" : "client";
  return {
    gate: "client health",
    value: (seen.join(", ") || "within all limits") + (harmless ? HARMLESS : ""),
    limit: (over.length > 0 ? over : HEALTH_LIMITS)
      .map(({ what, limit, unit }) => `${what} ${limit} ${unit}`).join(", "),
    pass: over.length === 0 || harmless,
    cause: over.length > 0 ? by : "client",
    fails_to: "SUSPECT",
  };
}

/** Said of a limit that was passed while streams of known truth were measured right. */
export const HARMLESS = ", harmless by the canary";

/** From this share of its ceiling on a client comes into doubt. */
const DOUBTFUL_SHARE = 0.7;

function calibrationGate(calibration: Calibration, input: ClientGateInput): Gate {
  const { ceiling_events_per_s: ceiling, levels } = calibration;
  // One worker was calibrated; users and arrivals are divided evenly over all.
  const workers = input.record?.workers?.count ?? 1;
  const rate = input.events_per_s == null ? null : input.events_per_s / workers;
  const place = placeOf(rate, calibration);
  const fine = canaryIsFine(input);
  const streams = Math.max(0, ...levels.map((level) => level.streams));
  const shown = ceiling === null
    ? `the client was not shown to be fit with up to ${streams} streams`
    : `${rate === null ? "no rate" : `${rate.toFixed(0)} events/s`}${
      workers === 1 ? "" : ` for each of ${workers} workers`
    }, ${ceiling.toFixed(0)} were shown to be measured right`;
  const pass = place === "below" || (fine && place !== "above");
  return {
    gate: "calibration",
    value: shown + (pass && place !== "below" ? HARMLESS : ""),
    limit: `${100 * DOUBTFUL_SHARE} % of what was shown`,
    pass,
    cause: "client",
    fails_to: place === "above" && !fine ? "INVALID" : "SUSPECT",
  };
}

/** Where a trial's rate stands: `above` or `near` a ceiling that the client has, or beyond what was shown. */
function placeOf(
  rate: number | null,
  { ceiling_events_per_s: ceiling, ended_by }: Calibration,
): "below" | "near" | "above" | "unproven" {
  if (ceiling === null) return "unproven";
  const share = (rate ?? 0) / ceiling;
  if (ended_by !== "client") return share > 1 ? "unproven" : "below";
  return share > 1 ? "above" : share > DOUBTFUL_SHARE ? "near" : "below";
}

/** Method note 2.2.7. */
const LITTLE_TOLERANCE = 0.02;

function littlesLaw({ counted, expected }: LittleSides): Gate {
  const off = Math.abs(counted / expected - 1);
  return {
    gate: "Little's law",
    value: `mean in flight ${counted.toFixed(3)}, rate × mean time ${expected.toFixed(3)}`,
    limit: `${100 * LITTLE_TOLERANCE} % apart`,
    pass: off <= LITTLE_TOLERANCE,
    cause: "client",
    fails_to: "INVALID",
  };
}
