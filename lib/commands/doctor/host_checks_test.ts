import assert from "node:assert/strict";
import { diskCheck, governorCheck, numaCheck } from "./host_checks.ts";
import type { Probe } from "./machine_probe.ts";

/** A machine whose files are these; other programs say what they are given. */
function probeOf(files: Record<string, string>, programs: Record<string, string> = {}): Probe {
  return (program, ...args) => {
    const stdout = program === "cat" ? files[args[0]!] : programs[program];
    if (stdout === undefined && program === "cat") {
      return Promise.resolve({ success: false, stdout: "", stderr: "No such file" });
    }
    return Promise.resolve(stdout === undefined ? null : { success: true, stdout, stderr: "" });
  };
}

const NODES = "/sys/devices/system/node";
const TWO_SOCKETS = probeOf({
  [`${NODES}/online`]: "0-1\n",
  [`${NODES}/node1/cpulist`]: "16-31\n",
  "/sys/bus/pci/devices/0000:9b:00.0/numa_node": "1\n",
});

Deno.test("servers on the far socket, or on none, are pointed out with the GPU's own cores", async () => {
  const check = (server_cores?: string) =>
    numaCheck(
      TWO_SOCKETS,
      { hardware: server_cores ? { server_cores } : {} },
      "00000000:9B:00.0",
    );
  assert.equal((await check("16-23")).level, "ok");
  const far = await check("0-3,16");
  assert.equal(far.level, "warning");
  assert.match(
    far.found,
    /GPU is at node 1 \(cores 16-31\); server_cores has 0, 1, 2, 3 of another/,
  );
  assert.match((await check()).found, /the servers are not pinned/);
});

Deno.test("one node, no node and a GPU without a place are all right", async () => {
  const hardware = {};
  const one = probeOf({ [`${NODES}/online`]: "0\n" });
  assert.match((await numaCheck(one, { hardware }, null)).found, /one node/);
  assert.match((await numaCheck(probeOf({}), { hardware }, null)).found, /not shown/);
  const lost = probeOf({ [`${NODES}/online`]: "0-1\n" });
  assert.match((await numaCheck(lost, { hardware }, "00000000:01:00.0")).found, /is not told/);
});

Deno.test("a governor that saves power is a warning, and none to be seen is not", async () => {
  const governor = (said: string) =>
    governorCheck(probeOf({ "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": said }));
  assert.equal((await governor("performance\n")).level, "ok");
  assert.match((await governor("powersave\n")).to_do, /cpupower frequency-set -g performance/);
  assert.equal((await governorCheck(probeOf({}))).level, "ok");
});

Deno.test("a disk that cannot hold the model blocks, one that hardly can warns", async () => {
  const df = (kib: number) =>
    `Filesystem 1024-blocks Used Available Capacity Mounted\n/dev/x 1 1 ${kib} 1% /\n`;
  const levelWith = async (gb: number, bytes: number | null) => {
    const probe = probeOf({}, { df: df(gb * 1e9 / 1024), test: "" });
    const download = bytes === null ? null : { bytes, told: true };
    return (await diskCheck(probe, "/cache", download)).level;
  };
  assert.equal(await levelWith(60, 65e9), "blocker");
  assert.equal(await levelWith(70, 65e9), "warning");
  assert.equal(await levelWith(100, 65e9), "ok");
  assert.equal(await levelWith(100, null), "ok");
  const told = await diskCheck(probeOf({}, { df: df(1e6), test: "" }), "/cache", {
    bytes: 65e9,
    told: false,
  });
  assert.match(told.found, /1\.0 GB free for engines and models; about 65\.0 GB still to fetch/);
  assert.equal((await diskCheck(probeOf({}), "/cache", null)).level, "warning");
});
