import assert from "node:assert/strict";
import type { GpuSample } from "@/records/telemetry.ts";
import { withNvidiaSmi } from "@/test_servers/nvidia_smi_stand_in.ts";
import { until } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { watchGpu } from "./gpu_watch.ts";

const LINES = [
  "0, 600, 1980, 2619, 300.5, 50, 90, 0x0000000000000004",
  "1, 500, [N/A], [Not Supported], 70, 30, 0, [N/A]",
];

Deno.test("every GPU's line becomes a sample, and the program is ended with the watch", async () => {
  await withNvidiaSmi({ loop: LINES, memory: [600, 500] }, async ({ asked }) => {
    const samples: GpuSample[] = [];
    const watch = await watchGpu({
      launch_id: "b1-a",
      interval_ms: 1000,
      write: (sample) => samples.push(sample),
      now: () => 5,
    });
    await until("both samples", () => samples.length === 2);
    assert.deepEqual(await watch!.stop(), { samples: 2, error: null });
    assert.deepEqual(
      samples.map(({ gpu, power_w, sm_clock_mhz }) => [gpu, power_w, sm_clock_mhz]),
      [
        [0, 300.5, 1980],
        [1, 70, null],
      ],
    );
    assert.deepEqual([samples[0]!.unix_ms, samples[0]!.launch_id], [5, "b1-a"]);
    assert.match(
      asked(),
      /--query-gpu=index,memory.used,\S+ --format=csv,noheader,nounits -lms 1000/,
    );
  });
});

Deno.test("a program that dies is told, and its samples stay", async () => {
  await withNvidiaSmi({ loop: LINES, exit: 9 }, async () => {
    let samples = 0;
    const watch = await watchGpu({ launch_id: "b1-a", interval_ms: 1000, write: () => samples++ });
    await until("both samples", () => samples === 2);
    await watch!.ended;
    const { error } = await watch!.stop();
    assert.match(error!, /nvidia-smi ended by itself \(exit 9\) after 2 samples/);
  });
});

Deno.test("without a GPU nothing is watched", async () => {
  await withEnv({ PATH: "/nowhere" }, async () => {
    assert.equal(await watchGpu({ launch_id: "a", interval_ms: 1000, write: () => {} }), null);
  });
});
