/** Keeps the server and the client off each other's cores. */
import { coresByDefault, coresOf, dividesByDefault } from "@/config/cores.ts";
import type { Config } from "@/config/schema.ts";
import { coresOfTree } from "@/engines/process_cores.ts";
import { findProgram } from "@/engines/programs.ts";
import type { Manifest } from "@/records/manifest.ts";

export type Pinning = Manifest["pinning"];

/** The cores of this process before anything was pinned. */
let allowed: Promise<string | null> | undefined;

/** Those of the config, or its share of this process's cores; null where nothing is to be pinned. */
async function wanted(config: Config): Promise<Omit<Pinning, "note">> {
  const { server_cores = null, client_cores = null } = config.hardware;
  const said = { server_cores, client_cores };
  if (!dividesByDefault(config)) return said;
  allowed ??= coresOfTree(Deno.pid);
  return coresByDefault(coresOf(await allowed ?? undefined)) ?? said;
}

/**
 * Pins this process to the config's `client_cores`, or to its share of the cores by default, looks
 * whether it is there, and says where the servers are to go. Where that cannot be done nothing is
 * pinned and `note` says why.
 */
export async function pinClient(config: Config): Promise<Pinning> {
  const { server_cores, client_cores } = await wanted(config);
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
  if (!success) return unpinned("not pinned: taskset was refused on this machine");
  const seen = await coresOfTree(Deno.pid);
  const allowed = new Set(coresOf(client_cores));
  // A thread that begins meanwhile may take the cores of one that was not moved yet.
  return coresOf(seen ?? undefined).every((core) => allowed.has(core))
    ? { server_cores, client_cores, note: null }
    : unpinned(
      `not pinned: taskset kept the client to cores ${client_cores}, yet it is on ${seen}`,
    );
}
