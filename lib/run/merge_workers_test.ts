import assert from "node:assert/strict";
import { mergedHealth, mergedWindow } from "./merge_workers.ts";

Deno.test("a closed loop's window ends when the first worker runs dry, an open one's with the last arrival", () => {
  const windows = [{ start_ms: 20, end_ms: 900 }, { start_ms: 10, end_ms: 950 }];
  const idle = { start_ms: null, end_ms: null };
  assert.deepEqual(mergedWindow("poisson", [...windows, idle]), { start_ms: 10, end_ms: 950 });
  const ends = windows.map(({ end_ms }) => ({ start_ms: null, end_ms }));
  assert.deepEqual(mergedWindow("closed", [idle, ...ends]), { start_ms: null, end_ms: 900 });
  assert.deepEqual(mergedWindow("closed", [idle]), idle);
});

Deno.test("of the workers' health the worst lag counts, connections are added up", () => {
  const worker = (p99: number | null, max: number | null, reopened: number) => ({
    window: { start_ms: null, end_ms: null },
    health: {
      requests: 5,
      event_loop_lag_ms_p99: p99,
      event_loop_lag_ms_max: max,
      cpu_share: 0.2,
      gc: { count: 1, total_ms: reopened, max_ms: reopened },
    },
    connections: { connections_opened_before: 3, connections_reopened: reopened },
    closesUnannounced: false,
  });
  const { workers, ...merged } = mergedHealth([
    worker(1, 9, 2),
    worker(3, 4, 0),
    worker(null, null, 1),
  ]);
  assert.deepEqual(merged, {
    event_loop_lag_ms_p99: 3,
    event_loop_lag_ms_max: 9,
    connections_opened_before: 9,
    connections_reopened: 3,
    gc: { count: 1, total_ms: 2, max_ms: 2 },
  });
  assert.equal(workers!.length, 3);
});
