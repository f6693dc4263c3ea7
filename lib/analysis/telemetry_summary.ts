/** What the server and the GPU told during one trial's window, as columns of its row. */
import { mean, median } from "simple-statistics";
import type { GpuSample, ServerSample, Telemetry } from "@/records/telemetry.ts";
import type { TrialRecord } from "@/records/trial_record.ts";

/** Telemetry's columns of a summary row; null where nothing was told. */
export interface TelemetryColumns {
  /** Scrapes of the server in the window. */
  server_samples: number;
  /** Mean over the window's samples of the requests that the server ran, and that waited in it. */
  server_running_mean: number | null;
  server_waiting_mean: number | null;
  /** Largest share of the KV cache in use, 0..1. */
  kv_use_peak: number | null;
  /** Requests set back to make room, from just before to just after the measured requests. */
  preemptions: number | null;
  /** Share of prompt tokens found in the prefix cache, 0..1. */
  prefix_hit_share: number | null;
  /** Of the GPUs that the server used, together. */
  power_w_mean: number | null;
  /** Energy of the window for each output token in it: the card's counter, else power over time. */
  energy_j_per_token: number | null;
  sm_clock_mhz_median: number | null;
  /** Share of samples slowed by heat, hardware or a power brake, and by the power limit, 0..1. */
  throttled_share: number | null;
  power_capped_share: number | null;
}

/** A card that holds so much more than at its idlest is taken for one that the server uses. */
const USED_MIB = 512;
/** Method note 4: none of these may happen; the power limit is legitimate and told apart. */
const THROTTLED = new Set([
  "hw_slowdown",
  "sw_thermal_slowdown",
  "hw_thermal_slowdown",
  "hw_power_brake_slowdown",
]);

/** Samples of one trial with times on its own clock. */
export interface TrialTelemetry {
  server: (ServerSample & { at_ms: number })[];
  /** Of the whole launch, since what a card holds when idle tells whether the server uses it. */
  gpu: (GpuSample & { at_ms: number })[];
}

/** The samples that belong to `trial`; none where it does not say when it began. */
export function telemetryOf(trial: TrialRecord | null, telemetry: Telemetry): TrialTelemetry {
  const origin_ms = trial?.origin_unix_ms;
  if (!trial || origin_ms === undefined) return { server: [], gpu: [] };
  const placed = <S extends { unix_ms: number }>(sample: S) => ({
    ...sample,
    at_ms: sample.unix_ms - origin_ms,
  });
  return {
    server: telemetry.server.filter(({ trial_id }) => trial_id === trial.trial_id).map(placed),
    gpu: telemetry.gpu.filter(({ launch_id }) => launch_id === trial.launch_id).map(placed),
  };
}

/** The columns; `output_tokens` are those of the window. */
export function telemetryColumns(
  { server, gpu }: TrialTelemetry,
  window: { start_ms: number; end_ms: number } | null,
  output_tokens: number | null,
): TelemetryColumns {
  const inside = ({ at_ms }: { at_ms: number }) =>
    window !== null && at_ms >= window.start_ms && at_ms <= window.end_ms;
  const samples = server.filter(inside);
  const used = gpu.filter(onUsedGpus(gpu));
  const cards = used.filter(inside);
  const energy_j = window === null ? null : energyJ(used, window);
  return {
    server_samples: samples.length,
    server_running_mean: meanOf(samples.map(({ running }) => running)),
    server_waiting_mean: meanOf(samples.map(({ waiting }) => waiting)),
    kv_use_peak: told(samples.map(({ kv_use }) => kv_use)).reduce(largest, null),
    preemptions: measuredDelta(server, window, "preemptions"),
    prefix_hit_share: ratio(
      measuredDelta(server, window, "prefix_hits"),
      measuredDelta(server, window, "prefix_queries"),
    ),
    power_w_mean: powerMean(cards),
    energy_j_per_token: ratio(energy_j, output_tokens),
    sm_clock_mhz_median: medianOf(cards.map(({ sm_clock_mhz }) => sm_clock_mhz)),
    throttled_share: shareOf(cards, (reason) => THROTTLED.has(reason)),
    power_capped_share: shareOf(cards, (reason) => reason === "sw_power_cap"),
  };
}

/** How much a counter grew from the last sample before the window to the first after all answers. */
export function measuredDelta(
  server: TrialTelemetry["server"],
  window: { start_ms: number; end_ms: number } | null,
  key: keyof ServerSample,
): number | null {
  if (window === null) return null;
  const before = server.findLast(({ at_ms }) => at_ms <= window.start_ms)?.[key];
  const after = server.at(-1);
  if (typeof before !== "number" || after === undefined || after.at_ms < window.end_ms) return null;
  const last = after[key];
  return typeof last === "number" ? last - before : null;
}

function onUsedGpus(gpu: readonly GpuSample[]): (sample: GpuSample) => boolean {
  const held = [...Map.groupBy(gpu, (sample) => sample.gpu)].map(([index, samples]) => {
    const mib = told(samples.map(({ memory_used_mib }) => memory_used_mib));
    return { index, grown: Math.max(0, ...mib) - Math.min(...mib) };
  });
  const used = held.filter(({ grown }) => grown >= USED_MIB).map(({ index }) => index);
  return ({ gpu }) => used.length === 0 || used.includes(gpu);
}

/** Each card's mean, added up. */
function powerMean(cards: readonly GpuSample[]): number | null {
  const means = [...Map.groupBy(cards, ({ gpu }) => gpu).values()]
    .map((samples) => meanOf(samples.map(({ power_w }) => power_w)));
  return sumOf(means);
}

/** Energy of the cards over the window in joules: the difference of the counter, else mean power × time. */
function energyJ(
  cards: readonly (GpuSample & { at_ms: number })[],
  { start_ms, end_ms }: { start_ms: number; end_ms: number },
): number | null {
  const each = [...Map.groupBy(cards, ({ gpu }) => gpu).values()].map((samples) => {
    const inside = samples.filter(({ at_ms }) => at_ms >= start_ms && at_ms <= end_ms);
    const [first, last] = [inside[0], inside.at(-1)];
    if (first?.energy_mj != null && last?.energy_mj != null && last.at_ms > first.at_ms) {
      const w = (last.energy_mj - first.energy_mj) / (last.at_ms - first.at_ms);
      return w * (end_ms - start_ms) / 1000;
    }
    const power_w = meanOf(inside.map(({ power_w }) => power_w));
    return power_w === null ? null : power_w * (end_ms - start_ms) / 1000;
  });
  return sumOf(each);
}

function shareOf(cards: readonly GpuSample[], slows: (reason: string) => boolean): number | null {
  const told = cards.flatMap(({ clock_reasons }) => clock_reasons === null ? [] : [clock_reasons]);
  return told.length === 0 ? null : told.filter((all) => all.some(slows)).length / told.length;
}

function told(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = told(values);
  return known.length === 0 ? null : mean(known);
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = told(values);
  return known.length === 0 ? null : median(known);
}

function largest(most: number | null, value: number): number | null {
  return most === null || value > most ? value : most;
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = told(values);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function ratio(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}
