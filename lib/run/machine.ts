/** What this machine is, as far as a reader of its numbers needs to know. */
import os from "node:os";
import { nvidiaGpu } from "@/engines/gpu_server.ts";
import type { Machine } from "@/records/manifest.ts";

/** CPU, cores, memory, operating system and GPU. */
export async function describeMachine(): Promise<Machine> {
  return {
    cpu: os.cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    memory_bytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${Deno.build.arch}`,
    gpu: await nvidiaGpu(),
  };
}

/** The commit of the project that runs, and whether files differ from it; null outside git. */
export async function gitState(): Promise<{ commit: string; dirty: boolean } | null> {
  const commit = await git("rev-parse", "HEAD");
  const changes = await git("status", "--porcelain");
  return commit === null || changes === null ? null : { commit, dirty: changes !== "" };
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const cwd = import.meta.dirname!;
    const { success, stdout } = await new Deno.Command("git", { args, cwd, stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
