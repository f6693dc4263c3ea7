/** The machine around the GPU: cores, descriptors, disk, ports, Python, containers. */
import { dirname } from "node:path";
import { coresOf } from "@/config/cores.ts";
import type { Config } from "@/config/schema.ts";
import { engineCacheDir } from "@/engines/cache.ts";
import { containerRuntime } from "@/engines/container.ts";
import { freePort } from "@/engines/port.ts";
import { descriptorLimit, descriptorProblem } from "@/run/file_descriptors.ts";
import { type PythonEngine } from "@/engines/python_engines.ts";
import { findPython } from "@/setup/python.ts";
import { pythonBuild } from "@/setup/python_builds.ts";
import { blocker, type Check, ok, warning } from "./check.ts";
import { buildChecks } from "./build_checks.ts";
import { fileText, type Probe } from "./machine_probe.ts";
import { missingEngines } from "./missing_engines.ts";

export interface HostQuestion {
  config: Config;
  /** Of the card that the study uses; null without one. */
  bus_id: string | null;
  download: Download | null;
}

/** What is still to be fetched for the study's model: told by the hub, or counted from its shape. */
export interface Download {
  bytes: number;
  told: boolean;
}

export async function hostChecks(probe: Probe, question: HostQuestion): Promise<Check[]> {
  const { config, bus_id, download } = question;
  const missing = await missingEngines(config);
  return [
    await numaCheck(probe, config, bus_id),
    await governorCheck(probe),
    ...await quotaCheck(probe, config),
    await descriptorCheck(config),
    await diskCheck(probe, engineCacheDir(), download, missing),
    ...portChecks(config),
    await pythonCheck(missing),
    ...await buildChecks(probe, config),
    containerCheck(config),
  ];
}

/** Whether the servers' cores are beside their GPU. */
export async function numaCheck(
  probe: Probe,
  { hardware }: { hardware: Pick<Config["hardware"], "server_cores"> },
  bus_id: string | null,
): Promise<Check> {
  const online = await fileText(probe, "/sys/devices/system/node/online");
  if (online === null) return ok("NUMA", "not shown here");
  const nodes = coresOf(online);
  if (nodes.length < 2) return ok("NUMA", "one node: all memory is equally near");
  if (bus_id === null) return ok("NUMA", `${nodes.length} nodes`);
  const device = `/sys/bus/pci/devices/${
    bus_id.toLowerCase().replace(/^0{4}(?=[0-9a-f]{4}:)/, "")
  }`;
  const node = Number(await fileText(probe, `${device}/numa_node`) ?? -1);
  if (node < 0) return ok("NUMA", `${nodes.length} nodes; which is the GPU's is not told`);
  const list = await fileText(probe, `/sys/devices/system/node/node${node}/cpulist`) ?? "";
  const found = `${nodes.length} nodes, the GPU is at node ${node} (cores ${list})`;
  const far = coresOf(hardware.server_cores).filter((core) => !coresOf(list).includes(core));
  if (hardware.server_cores !== undefined && far.length === 0) return ok("NUMA", found);
  const problem = far.length > 0
    ? `${found}; server_cores has ${far.join(", ")} of another`
    : `${found}; the servers are not pinned`;
  return warning(
    "NUMA",
    problem,
    "set hardware.server_cores and client_cores to cores of that node",
  );
}

/** Clocks of the CPU, on which the client's own times depend. */
export async function governorCheck(probe: Probe): Promise<Check> {
  const path = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
  const governor = await fileText(probe, path);
  if (governor === null) return ok("CPU governor", "not shown here, as in most virtual machines");
  if (governor === "performance") return ok("CPU governor", governor);
  const to_do = "sudo cpupower frequency-set -g performance";
  return warning("CPU governor", `${governor}: the client may wake up slowly`, to_do);
}

/** A container may see all cores of its host and have the time of some; nothing where it has them all. */
export async function quotaCheck(
  probe: Probe,
  { hardware }: { hardware: Pick<Config["hardware"], "server_cores" | "client_cores"> },
): Promise<Check[]> {
  const v1 = "/sys/fs/cgroup/cpu/cpu.cfs";
  const told = await fileText(probe, "/sys/fs/cgroup/cpu.max") ??
    `${await fileText(probe, `${v1}_quota_us`)} ${await fileText(probe, `${v1}_period_us`)}`;
  const [quota, period] = told.split(" ").map(Number) as [number, number];
  if (!(quota > 0 && period > 0)) return [];
  const cores = quota / period;
  const found = `this container has the time of ${cores.toFixed(1)} cores, however many it sees`;
  const { server_cores, client_cores } = hardware;
  const pinned = coresOf(server_cores).length + coresOf(client_cores).length;
  if (pinned > 0 && pinned <= cores) return [ok("CPU quota", found)];
  return [warning(
    "CPU quota",
    `${found}; where servers and client together use more, all of them are stopped for a while`,
    `set hardware.server_cores and client_cores to ${Math.floor(cores)} cores in all`,
  )];
}

async function descriptorCheck({ benchmark }: Config): Promise<Check> {
  const limit = await descriptorLimit();
  const caps = (benchmark.loads ?? []).map(({ max_in_flight }) => max_in_flight ?? 0);
  const problem = descriptorProblem(Math.max(0, ...benchmark.concurrency_levels, ...caps), limit);
  if (problem === null) return ok("open files", `ulimit -Hn ${limit ?? "not told"}`);
  const [found, to_do] = problem.split(/\n\s*to do: /) as [string, string];
  return blocker("open files", found, to_do);
}

/** Room for logs, caches of compiled kernels and the like, in bytes. */
const SPARE_BYTES = 20e9;

/** Whether model and engines that are still to be installed fit; names a bigger disk where they do not. */
export async function diskCheck(
  probe: Probe,
  folder: string,
  download: Download | null,
  missing: readonly PythonEngine[] = [],
): Promise<Check> {
  const [disk] = disksOf(await probe("df", "-Pk", await firstThere(probe, folder)));
  if (disk === undefined) {
    return warning("disk", "df does not tell how much is free", "see to it by hand");
  }
  const model = download === null
    ? "what the model takes is not known"
    : `${download.told ? "" : "about "}${gb(download.bytes)} still to fetch for the model`;
  const engines = missing.reduce((sum, engine) => sum + 1e6 * pythonBuild(engine).disk_mb, 0);
  const names = missing.map(({ kind }) => kind).join(", ");
  const found = `${gb(disk.free_bytes)} free for engines and models; ${model}` +
    (engines === 0 ? "" : `, ${gb(engines)} for ${names}`);
  const needed = (download?.bytes ?? 0) + engines;
  if (disk.free_bytes >= needed + SPARE_BYTES) return ok("disk", found);
  const others = disksOf(await probe("df", "-Pk"))
    .filter(({ mount, free_bytes }) => mount !== disk.mount && free_bytes >= needed + SPARE_BYTES)
    .toSorted((a, b) => b.free_bytes - a.free_bytes);
  const [bigger] = others.filter(({ mount }) =>
    !/^\/(dev|run|sys|proc|etc|boot)(\/|$)/.test(mount)
  );
  const to_do = bigger === undefined
    ? "free some, or set BENCH_ENGINES_DIR to a bigger disk"
    : `export BENCH_ENGINES_DIR=${bigger.mount.replace(/\/$/, "")}/engines (${
      gb(bigger.free_bytes)
    } free there)`;
  return (disk.free_bytes < needed ? blocker : warning)("disk", found, to_do);
}

const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Lines of `df -Pk`; none where it failed. */
function disksOf(answer: { success: boolean; stdout: string } | null) {
  const lines = answer?.success ? answer.stdout.trim().split("\n").slice(1) : [];
  return lines.map((line) => line.split(/\s+/)).map((cells) => ({
    free_bytes: Number(cells[3]) * 1024,
    mount: cells.slice(5).join(" "),
  })).filter(({ free_bytes }) => !Number.isNaN(free_bytes));
}

/** The folder itself, or the nearest one above it that exists. */
async function firstThere(probe: Probe, folder: string): Promise<string> {
  const there = (await probe("test", "-d", folder))?.success ?? true;
  return there || dirname(folder) === folder ? folder : await firstThere(probe, dirname(folder));
}

function portChecks({ engines }: Config): Check[] {
  const asked = Object.entries(engines).flatMap(([name, entry]) =>
    entry.kind !== "external" && entry.port ? [{ name, port: entry.port }] : []
  );
  if (asked.length === 0) return [ok("ports", "free ones are chosen at each launch")];
  return asked.map(({ name, port }) => {
    const topic = `port of ${name}`;
    try {
      freePort(port);
      return ok(topic, `${port} is free`);
    } catch (error) {
      const [found, to_do] = (error as Error).message.split("; ") as [string, string];
      return blocker(topic, found, to_do);
    }
  });
}

/** One that each environment can be made with; any that setup takes where none is to be made. */
async function pythonCheck(missing: readonly PythonEngine[]): Promise<Check> {
  const seen = new Set<string>();
  for (const { minors, kind } of pythonsFor(missing)) {
    try {
      seen.add(await findPython(minors));
    } catch (error) {
      const [found, ...to_do] = (error as Error).message.split("; ");
      return warning("Python", found!, `to let setup install ${kind}: ${to_do.join("; ")}`);
    }
  }
  return ok("Python", [...seen].join(", "));
}

const pythonsFor = (missing: readonly PythonEngine[]) =>
  missing.length === 0
    ? [{ kind: "an engine", minors: undefined }]
    : missing.map((engine) => ({ kind: engine.kind, minors: pythonBuild(engine).pythons }));

function containerCheck({ engines }: Config): Check {
  const runtime = containerRuntime();
  if (runtime !== null) return ok("containers", `${runtime} answers`);
  const found = "neither docker info nor podman info answers";
  const wants = Object.entries(engines).filter(([, entry]) =>
    "docker_image" in entry && entry.docker_image !== undefined
  ).map(([name]) => name);
  if (wants.length === 0) return ok("containers", `${found}; no entry names an image`);
  return blocker(
    "containers",
    `${found}; ${wants.join(", ")} runs from an image`,
    "start one of them, and let this user speak to it (group docker)",
  );
}
