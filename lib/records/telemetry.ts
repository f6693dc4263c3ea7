/**
 * What was seen of a server and of the GPU while a launch was measured: NDJSON, one file a launch and
 * source. Times are `unix_ms`: this process's monotonic clock, which stood at the wall clock's time
 * when it started. A trial's own times are `unix_ms − origin_unix_ms` of its record.
 */
import { join } from "node:path";

/** What a server tells of itself at one moment; null where it does not tell. Counters run since its start. */
export interface ServerReading {
  running: number | null;
  waiting: number | null;
  /** Share of the KV cache in use, 0..1. */
  kv_use: number | null;
  preemptions: number | null;
  /** Prompt tokens found in the prefix cache, of those looked up. */
  prefix_hits: number | null;
  prefix_queries: number | null;
  prompt_tokens: number | null;
  generation_tokens: number | null;
  /** Sums and counts of the server's own histograms over streamed requests. */
  ttft_s_sum: number | null;
  ttft_count: number | null;
  e2e_s_sum: number | null;
  e2e_count: number | null;
  tpot_s_sum: number | null;
  tpot_count: number | null;
}

/** One scrape; `unix_ms` is when its answer had arrived. */
export interface ServerSample extends ServerReading {
  launch_id: string;
  trial_id: string;
  unix_ms: number;
  /** From asking to the whole answer. */
  took_ms: number;
  /** What reading the answer cost the client, in which it could do nothing else. */
  parse_ms: number;
}

/** One reading of one GPU; null where the card or its driver do not tell. */
export interface GpuSample {
  launch_id: string;
  unix_ms: number;
  gpu: number;
  memory_used_mib: number | null;
  sm_clock_mhz: number | null;
  memory_clock_mhz: number | null;
  power_w: number | null;
  /** Counted since the driver was loaded; null where `nvidia-smi` offers no counter. */
  energy_mj: number | null;
  temperature_c: number | null;
  utilisation_percent: number | null;
  /** Why the clocks are below their maximum, by NVML's names; null where not told. */
  clock_reasons: string[] | null;
}

/** How watching one launch went; kept with the launch. */
export interface TelemetryRecord {
  /** Null where the engine has no metrics. */
  server: {
    samples: number;
    failures: number;
    /** Ticks at which the last scrape had not come back. */
    skipped: number;
    first_error: string | null;
    /** What a scrape took, and how long it kept the client from anything else, on average. */
    took_ms_mean: number | null;
    parse_ms_mean: number | null;
  } | null;
  /** Null where no GPU was watched. */
  gpu: { samples: number; error: string | null } | null;
}

export interface Telemetry {
  server: ServerSample[];
  gpu: GpuSample[];
}

type Source = keyof Telemetry;

/** Appends samples to `telemetry/<launch_id>-<source>.ndjson`, which the first sample creates. */
export function telemetryWriter<S extends Source>(
  dir: string,
  launchId: string,
  source: S,
): (sample: Telemetry[S][number]) => void {
  const path = join(dir, "telemetry", `${launchId}-${source}.ndjson`);
  let made = false;
  return (sample) => {
    if (!made) Deno.mkdirSync(join(dir, "telemetry"), { recursive: true });
    made = true;
    Deno.writeTextFileSync(path, JSON.stringify(sample) + "\n", { append: true });
  };
}

/** All samples of a run; empty for a run without telemetry. Damaged lines go to `problems`. */
export function readTelemetry(dir: string, problems: string[]): Telemetry {
  const telemetry: Telemetry = { server: [], gpu: [] };
  for (const name of filesIn(join(dir, "telemetry"))) {
    const source = name.match(/-(server|gpu)\.ndjson$/)?.[1] as Source | undefined;
    if (source === undefined) continue;
    const { samples, damaged } = readLines(join(dir, "telemetry", name));
    (telemetry[source] as unknown[]).push(...samples);
    if (damaged > 0) {
      problems.push(`telemetry/${name}: ${damaged} damaged lines are set aside`);
    }
  }
  return telemetry;
}

function filesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

function readLines(path: string): { samples: { unix_ms: number }[]; damaged: number } {
  const lines = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  const samples = lines.map(parsed).filter((sample) => sample !== null);
  return { samples, damaged: lines.length - samples.length };
}

function parsed(line: string): { unix_ms: number } | null {
  try {
    const value = JSON.parse(line);
    return typeof value?.unix_ms === "number" && typeof value.launch_id === "string" ? value : null;
  } catch {
    return null;
  }
}
