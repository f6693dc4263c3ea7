/** What only a workload and its loads together can be wrong about. Pure. */
import type { Config } from "./schema.ts";

/** Problems with the place in the config that has to change. */
export function workloadChecks(
  { workloads, benchmark }: Config,
): { path: string[]; problem: string }[] {
  const { loads = [], search, concurrency_levels } = benchmark;
  const open = loads.length > 0 || search !== undefined;
  const traced = loads.length > 0 && loads.every(({ mode }) => mode === "trace") &&
    concurrency_levels.length === 0;
  return Object.entries(workloads).flatMap(([name, workload]) => {
    const path = ["workloads", name];
    if (workload.kind === "multi_turn" && open) {
      const problem = "conversations go on when the answer is there, which needs users and no " +
        "schedule; leave `loads` and `search` out, or use another kind";
      return [{ path, problem }];
    }
    if (workload.kind === "trace" && !traced) {
      const problem =
        "takes its lengths from a trace; set `benchmark.loads` to loads of mode trace " +
        "alone and `concurrency_levels: []`";
      return [{ path, problem }];
    }
    return [];
  });
}
