/** Watches the client itself and its machine during a trial: what may explain an error of its times. */
import process from "node:process";
import { GCProfiler } from "node:v8";
import type { Connection } from "@/load/connection.ts";
import { watchEventLoop } from "@/load/event_loop_lag.ts";
import type { ClientHealth, GcPauses } from "@/records/trial_record.ts";
import { counterDifference, readMachineCounters } from "./machine_counters.ts";

/** Begins to watch this process and its connections, a list that may grow. The returned function ends it and tells how the client did. */
export async function watchClient(
  connections: readonly Connection[],
): Promise<() => Promise<ClientHealth>> {
  const countersBefore = await readMachineCounters();
  const stopLag = watchEventLoop();
  const profiler = new GCProfiler();
  profiler.start();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const opened = connections.length;
  const reopenedBefore = total(connections, "reopened");
  const resentBefore = total(connections, "resent");
  return async () => {
    const used = process.cpuUsage(cpu);
    const elapsed_us = (performance.now() - started) * 1000;
    const lag = stopLag();
    const gc = gcPauses(profiler.stop()?.statistics ?? []);
    const counters = counterDifference(countersBefore, await readMachineCounters());
    return {
      ...lag,
      cpu_share: (used.user + used.system) / elapsed_us,
      connections_opened_before: opened,
      connections_reopened: total(connections, "reopened") - reopenedBefore,
      requests_resent: total(connections, "resent") - resentBefore,
      gc,
      ...counters,
    };
  };
}

/** `cost` is in nanoseconds, whatever Node's documentation says. */
function gcPauses(statistics: readonly { cost: number }[]): GcPauses {
  const pauses_ms = statistics.map(({ cost }) => cost / 1e6);
  return {
    count: pauses_ms.length,
    total_ms: pauses_ms.reduce((sum, ms) => sum + ms, 0),
    max_ms: Math.max(0, ...pauses_ms),
  };
}

function total(connections: readonly Connection[], count: "reopened" | "resent"): number {
  return connections.reduce((sum, connection) => sum + connection[count], 0);
}
