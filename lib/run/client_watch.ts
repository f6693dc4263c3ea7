/** Watches the client itself and its machine during a trial: what may explain an error of its times. */
import process from "node:process";
import type { Connection } from "@/load/connection.ts";
import type { ClientHealth } from "@/records/trial_record.ts";
import { counterDifference, readMachineCounters } from "./machine_counters.ts";
import { watchThread } from "./thread_watch.ts";

/** Begins to watch this process and its connections, a list that may grow. The returned function ends it and tells how the client did. */
export async function watchClient(
  connections: readonly Connection[],
): Promise<() => Promise<ClientHealth>> {
  const countersBefore = await readMachineCounters();
  const stopThread = watchThread(connections);
  const cpu = process.cpuUsage();
  const started = performance.now();
  return async () => {
    const used = process.cpuUsage(cpu);
    const elapsed_us = (performance.now() - started) * 1000;
    const { connections, ...thread } = stopThread();
    const counters = counterDifference(countersBefore, await readMachineCounters());
    const cpu_share = (used.user + used.system) / elapsed_us;
    return { ...thread, ...connections, cpu_share, ...counters };
  };
}
