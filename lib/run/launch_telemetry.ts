/** All that is watched during one launch, started and stopped together. */
import type { Config } from "@/config/schema.ts";
import { usesGpu } from "@/engines/engine.ts";
import { engineOf } from "@/engines/kinds.ts";
import type { Server } from "@/engines/launch.ts";
import type { RunFolder } from "@/records/run_folder.ts";
import { type TelemetryRecord, telemetryWriter } from "@/records/telemetry.ts";
import { type GpuWatch, watchGpu } from "./gpu_watch.ts";
import { ServerWatch } from "./server_watch.ts";

export interface LaunchTelemetry {
  /** The watch over the server's metrics, which trials start and pause; null where it has none. */
  watchServer(server: Server): ServerWatch | null;
  stop(): Promise<TelemetryRecord>;
}

/** Begins with the GPU, before the server starts, so that its idle state is seen. */
export async function startTelemetry(
  launch_id: string,
  entryName: string,
  { config, folder }: { config: Config; folder: RunFolder },
): Promise<LaunchTelemetry> {
  const entry = config.engines[entryName]!;
  // Absent in a config that was read by an older version.
  const interval_ms = (config.benchmark.telemetry_interval_s ?? 1) * 1000;
  const gpu: GpuWatch | null = usesGpu(entry)
    ? await watchGpu({
      launch_id,
      interval_ms,
      write: telemetryWriter(folder.dir, launch_id, "gpu"),
    })
    : null;
  let watch: ServerWatch | null = null;
  return {
    watchServer({ baseUrl }) {
      const engine = engineOf(entry.kind);
      const source = engine.metrics(entry, baseUrl);
      if (source === null) return null;
      return watch = new ServerWatch({
        source,
        launch_id,
        interval_ms,
        headers: engine.headers(entry),
        keyOrigin: new URL(baseUrl).origin,
        write: telemetryWriter(folder.dir, launch_id, "server"),
      });
    },
    async stop() {
      await watch?.close();
      return { server: watch?.record() ?? null, gpu: await gpu?.stop() ?? null };
    },
  };
}
