/** The known-truth server of one run: where it stands, and the canary that asks it. */
import { coresOf } from "@/config/cores.ts";
import type { Config } from "@/config/schema.ts";
import { startTruthServer, type TruthProcess } from "@/truth/truth_process.ts";
import { CANARY_SCRIPT } from "./canary.ts";
import type { Pinning } from "./pinning.ts";

export interface KnownTruth extends AsyncDisposable {
  /** Null where none is wanted, or none could be started. */
  server: TruthProcess | null;
  /** Where it stands, or why there is none. */
  canary: string;
}

/** Starts it where it disturbs the engines least. A server that does not start costs only the canary. */
export async function startKnownTruth(config: Config, pinning: Pinning): Promise<KnownTruth> {
  const none = (canary: string) => ({
    server: null,
    canary,
    async [Symbol.asyncDispose]() {},
  });
  if (!config.benchmark.canary) return none("none: the config has `canary: false`");
  const { cores, where } = truthCores(pinning, navigator.hardwareConcurrency);
  try {
    const server = await startTruthServer({ cores, script: CANARY_SCRIPT });
    return { server, canary: where, [Symbol.asyncDispose]: server.stop };
  } catch (error) {
    return none(`none: the known-truth server did not start: ${(error as Error).message}`);
  }
}

/** A core that neither the servers nor the client have, else the client's; any where nothing is pinned. */
export function truthCores(
  { server_cores, client_cores }: Pinning,
  machineCores: number,
): { cores: string | null; where: string } {
  if (server_cores === null || client_cores === null) {
    return { cores: null, where: "on any core, since nothing is pinned" };
  }
  const taken = [...coresOf(server_cores), ...coresOf(client_cores)];
  const spare = Array.from({ length: machineCores }, (_, core) => core)
    .find((core) => !taken.includes(core));
  return spare === undefined
    ? { cores: client_cores, where: `on the client's cores (${client_cores}), as none is spare` }
    : { cores: String(spare), where: `on core ${spare}, which nothing else was given` };
}
