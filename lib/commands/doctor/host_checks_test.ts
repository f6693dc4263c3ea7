import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { pythonEngine } from "@/engines/python_engines.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { diskCheck, governorCheck, numaCheck, quotaCheck } from "./host_checks.ts";
import type { Probe } from "./machine_probe.ts";
import { missingEngines } from "./missing_engines.ts";

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

Deno.test("a container with the time of fewer cores than it sees is told to stay within them", async () => {
  const checked = async (files: Record<string, string>, hardware = {}) =>
    (await quotaCheck(probeOf(files), { hardware })).map(({ level, found, to_do }) =>
      `${level}: ${found}; ${to_do}`
    ).join();
  assert.equal(await checked({}), "");
  assert.equal(await checked({ "/sys/fs/cgroup/cpu.max": "max 100000\n" }), "");
  const few = { "/sys/fs/cgroup/cpu.max": "1650000 100000\n" };
  assert.match(await checked(few), /^warning: .* time of 16\.5 cores, .* to 16 cores in all$/);
  assert.match(await checked(few, { server_cores: "0-11", client_cores: "12-15" }), /^ok: /);
  const v1 = "/sys/fs/cgroup/cpu/cpu.cfs";
  assert.match(
    await checked({ [`${v1}_quota_us`]: "800000\n", [`${v1}_period_us`]: "100000\n" }),
    /time of 8\.0 cores/,
  );
  assert.equal(await checked({ [`${v1}_quota_us`]: "-1\n", [`${v1}_period_us`]: "100000\n" }), "");
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

Deno.test("engines that are still to be installed take room too, and a bigger disk is named", async () => {
  const line = (kb: number, mount: string) => `/dev/x 9 9 ${kb} 1% ${mount}`;
  const head = "Filesystem 1024-blocks Used Available Capacity Mounted on";
  const probe: Probe = (program, ...args) => {
    if (program !== "df") return Promise.resolve({ success: true, stdout: "", stderr: "" });
    const all = [line(90e6, "/"), line(400e6, "/dev/shm"), line(300e6, "/workspace")];
    const stdout = [head, ...args.length > 1 ? [all[0]] : all].join("\n");
    return Promise.resolve({ success: true, stdout, stderr: "" });
  };
  const missing = [pythonEngine({ kind: "vllm" }), pythonEngine({ kind: "sglang" })];
  const model = { bytes: 65e9, told: true };
  assert.equal((await diskCheck(probe, "/cache", { bytes: 50e9, told: true })).level, "ok");
  const tight = await diskCheck(probe, "/cache", model, missing);
  assert.equal(tight.level, "warning");
  assert.match(tight.found, /92\.2 GB free .* 65\.0 GB still .*, 24\.0 GB for vllm, sglang$/);
  assert.match(
    tight.to_do,
    /^export BENCH_ENGINES_DIR=\/workspace\/engines \(307\.2 GB free there\)$/,
  );
  const full = await diskCheck(probe, "/cache", { bytes: 80e9, told: true }, missing);
  assert.equal(full.level, "blocker");
});

Deno.test("an environment is missing until it is installed, unless a program stands in its place", async () => {
  using folder = new TempFolder();
  const engines = {
    a: { kind: "vllm" },
    b: { kind: "vllm", extra_args: ["--x"] },
    c: { kind: "sglang", executable: "/opt/sglang" },
    d: { kind: "tensorrt-llm", docker_image: "an/image" },
    e: { kind: "llama-cpp" },
  };
  const { config } = parseConfig(JSON.stringify({ engines }), "study.json");
  const names = async () => (await missingEngines(config)).map(({ kind }) => kind);
  await withEnv({ BENCH_ENGINES_DIR: folder.path, PATH: folder.path }, async () => {
    assert.deepEqual(await names(), ["vllm"]);
    folder.file("vllm", "");
    assert.deepEqual(await names(), []);
  });
});
