/** Engines that run from a container image: how they are started, found and measured. */
import type { MemoryReading } from "@/records/trial_record.ts";
import type { Command } from "./engine.ts";
import { residentMemoryOfTree } from "./process_memory.ts";

/** A client of a container engine, by the name of its program. */
export type ContainerRuntime = "docker" | "podman";

/** How each gives a container the GPUs: NVIDIA's container toolkit, and its CDI names. */
const GPUS: Record<ContainerRuntime, string[]> = {
  docker: ["--gpus", "all"],
  podman: ["--device", "nvidia.com/gpu=all"],
};

/** The container engine that answers here; null where there is none. A client without an engine is none. */
export function containerRuntime(): ContainerRuntime | null {
  return (["docker", "podman"] as const).find((runtime) => answers(runtime, ["info"])) ?? null;
}

/** Whether the image lies on this machine, so that a launch need not fetch it. */
export function hasImage(runtime: ContainerRuntime, image: string): boolean {
  return answers(runtime, ["image", "inspect", image]);
}

function answers(runtime: ContainerRuntime, args: string[]): boolean {
  try {
    const command = new Deno.Command(runtime, { args, stdout: "null", stderr: "null" });
    return command.outputSync().success;
  } catch {
    return false;
  }
}

export interface ContainerSpec {
  runtime: ContainerRuntime;
  image: string;
  port: number;
  /** What runs in it. */
  argv: string[];
  /** Folders of this machine and where they appear in it; all but those marked are read-only. */
  mounts: { from: string; to: string; writable?: boolean }[];
  env: Record<string, string>;
  /** Variables that are passed on by name, so that no secret stands on a command line. */
  passedOn: string[];
}

/**
 * Starts the image in the foreground. Its port is published on 127.0.0.1 only. The shared memory
 * and limits are those that NVIDIA's own instructions for TensorRT-LLM give.
 */
export function containerCommand(spec: ContainerSpec): Command {
  const { runtime, image, port, argv, mounts, env, passedOn } = spec;
  // One server a port, and what an orphan would hold is known by its name.
  const name = `inference-stack-benchmarks-${port}`;
  const volumes = mounts.map(({ from, to, writable }) => `${from}:${to}${writable ? "" : ":ro"}`);
  return {
    argv: [
      ...[runtime, "run", "--rm", "--init", "--pull", "never", "--name", name],
      ...GPUS[runtime],
      ...["--ipc", "host", "--ulimit", "memlock=-1", "--ulimit", "stack=67108864"],
      ...["-p", `127.0.0.1:${port}:${port}`],
      ...volumes.flatMap((volume) => ["-v", volume]),
      ...Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]),
      ...passedOn.flatMap((key) => ["-e", key]),
      image,
      ...argv,
    ],
    container: { runtime, name },
  };
}

/** The command kept on these cores: a container's processes are no children of the client. */
export function pinned({ argv, container }: Command, cores: string): string[] {
  if (container === undefined) return ["taskset", "-c", cores, ...argv];
  return [...argv.slice(0, 2), "--cpuset-cpus", cores, ...argv.slice(2)];
}

/** Memory of the processes in the container whose client is process `pid`; of `pid` itself if it is no such client. */
export async function containerMemory(pid: number | null): Promise<MemoryReading | null> {
  if (pid === null) return null;
  const words = (await output("cat", [`/proc/${pid}/cmdline`])).split("\0");
  // A client that is a script has its interpreter before it.
  const at = words.slice(0, 3).indexOf("run");
  const [runtime, name] = [words[at - 1], words[words.indexOf("--name") + 1]];
  if (runtime === undefined || name === undefined) return await residentMemoryOfTree(pid);
  const inside = await output(runtime, ["inspect", "--format", "{{.State.Pid}}", name]);
  return Number(inside) > 0 ? await residentMemoryOfTree(Number(inside)) : null;
}

async function output(program: string, args: string[]): Promise<string> {
  const command = new Deno.Command(program, { args, stderr: "null" });
  return new TextDecoder().decode((await command.output()).stdout);
}
