/** How one load-generating thread does while it sends; `client_watch.ts` watches the whole process. */
import process from "node:process";
import type { Connection } from "@/load/connection.ts";
import { watchEventLoop } from "@/load/event_loop_lag.ts";
import type { ClientHealth, WorkerHealth } from "@/records/trial_record.ts";
import { watchGc } from "./gc_watch.ts";

type ThreadHealth = Omit<WorkerHealth, "requests"> & { connections: OwnCounts };
type OwnCounts = Pick<
  Required<ClientHealth>,
  "connections_opened_before" | "connections_reopened" | "requests_resent"
>;

/** Begins to watch the thread that calls it and its connections, a list that may grow. */
export function watchThread(connections: readonly Connection[]): () => ThreadHealth {
  const stopLag = watchEventLoop();
  const stopGc = watchGc();
  const cpu = process.threadCpuUsage();
  const started = performance.now();
  const opened = connections.length;
  const reopenedBefore = total(connections, "reopened");
  const resentBefore = total(connections, "resent");
  return () => {
    const used = process.threadCpuUsage(cpu);
    const elapsed_us = (performance.now() - started) * 1000;
    return {
      ...stopLag(),
      cpu_share: (used.user + used.system) / elapsed_us,
      gc: stopGc(),
      connections: {
        connections_opened_before: opened,
        connections_reopened: total(connections, "reopened") - reopenedBefore,
        requests_resent: total(connections, "resent") - resentBefore,
      },
    };
  };
}

function total(connections: readonly Connection[], count: "reopened" | "resent"): number {
  return connections.reduce((sum, connection) => sum + connection[count], 0);
}
