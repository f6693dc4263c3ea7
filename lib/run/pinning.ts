/** Keeps the server and the client off each other's cores. */
import { coresOf } from "@/config/cores.ts";
import type { Config } from "@/config/schema.ts";
import { findProgram } from "@/engines/programs.ts";
import type { Manifest } from "@/records/manifest.ts";

export type Pinning = Manifest["pinning"];

/**
 * Pins this process to the config's `client_cores` and says where the servers are to go.
 * Where that cannot be done nothing is pinned and `note` says why.
 */
export async function pinClient({ hardware }: Config): Promise<Pinning> {
  const { server_cores = null, client_cores = null } = hardware;
  const unpinned = (note: string | null) => ({ server_cores: null, client_cores: null, note });
  if (server_cores === null || client_cores === null) return unpinned(null);
  const highest = Math.max(...coresOf(server_cores), ...coresOf(client_cores));
  if (highest >= navigator.hardwareConcurrency) {
    return unpinned(
      `not pinned: core ${highest} is asked for, the machine has ${navigator.hardwareConcurrency}`,
    );
  }
  if (await findProgram("taskset") === null) return unpinned("not pinned: there is no taskset");
  const args = ["-a", "-c", "-p", client_cores, String(Deno.pid)];
  const { success } = await new Deno.Command("taskset", { args, stdout: "null", stderr: "null" })
    .output();
  return success
    ? { server_cores, client_cores, note: null }
    : unpinned("not pinned: taskset was refused on this machine");
}
