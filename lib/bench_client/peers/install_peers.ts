/** Installs peers, each as a Python environment of its own, into the engine cache. */
import { join } from "node:path";
import { COMPLETE, exists } from "@/engines/cache.ts";
import type { InstallOptions, Step } from "@/setup/install.ts";
import { installParts } from "@/setup/install_parts.ts";
import { runInstaller } from "@/setup/installer.ts";
import { findPython, SetupError } from "@/setup/python.ts";
import { uv, uvDownloads, uvStep } from "@/setup/uv.ts";
import { type Peer, peerDir, type PeerInstall } from "./peer.ts";
import { tokenizerSteps } from "./tokenizer.ts";

/**
 * Installs those of `peers` that have an environment of their own, and what all need; says what
 * brings the others, and of each that could not be installed why. Gives the names of those.
 */
export async function installPeers(
  peers: readonly Peer[],
  options: InstallOptions,
): Promise<string[]> {
  for (const { name, install, howToInstall, program } of peers) {
    if (install || program("python")) continue;
    options.say(`${name} comes with its engine: ${howToInstall}`);
  }
  const parts = peers.flatMap((peer) => {
    const { name, install } = peer;
    if (!install) return [];
    const steps = [uvStep(), ...tokenizerSteps(), environmentStep(peer, install)];
    return [{ name, steps: () => Promise.resolve(steps) }];
  });
  const { failures } = await installParts(parts, options);
  for (const { name, error } of failures) {
    options.say(`${name} was not installed: ${error.message}`);
  }
  // Peers share most of what they need, so it is kept until all are there.
  if (failures.length === 0 && !options.dryRun) {
    await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
  }
  return failures.map(({ name }) => name);
}

function environmentStep(
  peer: Peer,
  { alone = [], requirements, pythons, starts, ...size }: PeerInstall,
) {
  const folder = peerDir(peer);
  const complete = join(folder, COMPLETE);
  const installs = [...alone.map((one) => ["--no-deps", one]), requirements];
  return {
    what: `${peer.name} ${peer.version}, a client to compare with`,
    into: folder,
    ...size,
    notes: installs.map((args) => `uv pip install ${args.join(" ")}`),
    isDone: () => exists(complete),
    async run() {
      const python = await findPython(pythons);
      await Deno.remove(folder, { recursive: true }).catch(() => {});
      await Deno.mkdir(folder, { recursive: true });
      await uv("venv", "--python", python, join(folder, "venv"));
      const into = join(folder, "venv", "bin", "python");
      for (const args of installs) await uv("pip", "install", "--python", into, ...args);
      await checkVersion(peer, into);
      // It shows that it starts, and compiles what it is made of, which the first run would pay for.
      const [program, ...args] = starts;
      await runInstaller([join(folder, "venv", "bin", program), ...args]);
      await Deno.writeTextFile(complete, "");
    },
  } satisfies Step;
}

async function checkVersion({ name, version }: Peer, python: string): Promise<void> {
  const code = `from importlib.metadata import version as v; print(v("${name}"))`;
  const seen = (await runInstaller([python, "-c", code])).trim();
  if (seen === version) return;
  throw new SetupError(`the environment of ${name} holds version ${seen}, expected ${version}`);
}
