/** How the load generator itself does while it sends. */
import process from "node:process";
import type { Connection } from "@/load/connection.ts";
import { watchEventLoop } from "@/load/event_loop_lag.ts";
import type { ClientHealth } from "@/records/trial_record.ts";

/** Watches this process and its connections, a list that may grow; the returned function tells how they did. */
export function watchClient(connections: readonly Connection[]): () => ClientHealth {
  const stopLag = watchEventLoop();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const opened = connections.length;
  const reopenedBefore = total(connections, "reopened");
  const resentBefore = total(connections, "resent");
  return () => {
    const used = process.cpuUsage(cpu);
    const elapsed_us = (performance.now() - started) * 1000;
    return {
      ...stopLag(),
      cpu_share: (used.user + used.system) / elapsed_us,
      connections_opened_before: opened,
      connections_reopened: total(connections, "reopened") - reopenedBefore,
      requests_resent: total(connections, "resent") - resentBefore,
    };
  };
}

function total(connections: readonly Connection[], count: "reopened" | "resent"): number {
  return connections.reduce((sum, connection) => sum + connection[count], 0);
}
