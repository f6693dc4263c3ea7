/** Follows the GPU through `nvidia-smi` in its own loop, from before a launch until after its end. */
import { gpuQuery, nvidiaSmi, parseGpuLine } from "@/engines/nvidia_smi.ts";
import type { GpuSample, TelemetryRecord } from "@/records/telemetry.ts";
import { unixMs } from "./unix_clock.ts";

export interface GpuWatchOptions {
  launch_id: string;
  interval_ms: number;
  write(sample: GpuSample): void;
  now?: () => number;
}

export interface GpuWatch {
  /** Settles when the program has ended, by itself or by `stop`. */
  ended: Promise<unknown>;
  /** Ends the program and tells how it went. */
  stop(): Promise<NonNullable<TelemetryRecord["gpu"]>>;
}

/** Starts to watch; null where there is no NVIDIA GPU. */
export async function watchGpu(options: GpuWatchOptions): Promise<GpuWatch | null> {
  const help = await nvidiaSmi("--help-query-gpu");
  if (help === null || await nvidiaSmi("--query-gpu=index", "--format=csv,noheader") === null) {
    return null;
  }
  const query = gpuQuery(help);
  const child = new Deno.Command("nvidia-smi", {
    args: [
      `--query-gpu=${query.fields.join(",")}`,
      "--format=csv,noheader,nounits",
      `-lms`,
      String(Math.round(options.interval_ms)),
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const { now = unixMs, launch_id, write } = options;
  let samples = 0;
  let unread = 0;
  const take = (line: string) => {
    const reading = parseGpuLine(line, query);
    if (reading === null) return void (unread += line.trim() === "" ? 0 : 1);
    write({ launch_id, unix_ms: now(), ...reading });
    samples++;
  };
  const reading = readLines(child.stdout, take);
  let stopping = false;
  const ended = child.status.then(({ code }) => stopping ? null : code);
  return {
    ended,
    async stop() {
      stopping = true;
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself; `ended` says how.
      }
      const code = await ended;
      await reading;
      const error = code !== null
        ? `nvidia-smi ended by itself (exit ${code}) after ${samples} samples`
        : unread > 0
        ? `${unread} lines of nvidia-smi could not be read`
        : null;
      return { samples, error };
    },
  };
}

async function readLines(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (l: string) => void,
) {
  let rest = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
}
