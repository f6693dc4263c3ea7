import assert from "node:assert/strict";
import { readOomCounts, watchOomKills } from "./oom_kills.ts";

/** A machine whose kernel tells these files. */
const machine = (files: Record<string, string>) => (path: string) => files[path] ?? null;

const VMSTAT = (kills: number) => `pgfault 9\noom_kill ${kills}\nnuma_hit 1\n`;

Deno.test("kills are counted in the group of cgroup v2, with its limit", () => {
  const read = machine({
    "/proc/self/cgroup": "0::/pods/a\n",
    "/proc/vmstat": VMSTAT(7),
    "/sys/fs/cgroup/pods/a/memory.events": "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n",
    "/sys/fs/cgroup/pods/a/memory.max": "600000000\n",
  });
  assert.deepEqual(readOomCounts(read), { group: 2, limit_bytes: 600_000_000, machine: 7 });
});

Deno.test("in a container the group's files are at the mount's root", () => {
  const read = machine({
    "/proc/self/cgroup": "0::/docker/c0ffee\n",
    "/sys/fs/cgroup/memory.events": "oom_kill 1\n",
    "/sys/fs/cgroup/memory.max": "max\n",
  });
  assert.deepEqual(readOomCounts(read), { group: 1, limit_bytes: null, machine: null });
});

Deno.test("kills are counted in the group of cgroup v1, also beside an empty v2", () => {
  const at = "/sys/fs/cgroup/memory/user";
  const read = machine({
    "/proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/user\n0::/\n",
    [`${at}/memory.oom_control`]: "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
    [`${at}/memory.limit_in_bytes`]: "9223372036854771712\n",
  });
  assert.deepEqual(readOomCounts(read), { group: 4, limit_bytes: null, machine: null });
});

Deno.test("a kill since the beginning is told, of the group before that of the machine", () => {
  const files: Record<string, string> = {
    "/proc/self/cgroup": "0::/a\n",
    "/proc/vmstat": VMSTAT(7),
    "/sys/fs/cgroup/a/memory.events": "oom_kill 2\n",
    "/sys/fs/cgroup/a/memory.max": "600000000\n",
  };
  const killed = watchOomKills(machine(files));
  assert.equal(killed(), null, "those of before are not counted");
  files["/proc/vmstat"] = VMSTAT(8);
  assert.equal(killed()!.of, "machine");
  assert.match(killed()!.told, /^the kernel killed a process of this machine for want of memory/);
  files["/sys/fs/cgroup/a/memory.events"] = "oom_kill 3\n";
  assert.equal(killed()!.of, "group");
  assert.match(killed()!.told, /process of this memory group .*, which may hold 600 MB$/);
});

Deno.test("a machine that tells nothing has killed nothing", () => {
  assert.equal(watchOomKills(machine({}))(), null);
});

Deno.test("this machine is asked without a failure", () => {
  assert.equal(typeof readOomCounts(), "object");
});
