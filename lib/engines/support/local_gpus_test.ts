import assert from "node:assert/strict";
import { parseGpus } from "./local_gpus.ts";

Deno.test("cards are read from nvidia-smi's lines, and lines without numbers are left out", () => {
  const text = "NVIDIA H100 80GB HBM3, 81559, 9.0\nNVIDIA B200, 183359, 10.0\nOdd, [N/A], 9.0\n";
  assert.deepEqual(parseGpus(text), [
    { name: "NVIDIA H100 80GB HBM3", memory_mib: 81559, sm: 90, bandwidth_tb_s: 3.35 },
    { name: "NVIDIA B200", memory_mib: 183359, sm: 100, bandwidth_tb_s: 8 },
  ]);
  assert.deepEqual(parseGpus("Stand-in GPU\n"), []);
});
