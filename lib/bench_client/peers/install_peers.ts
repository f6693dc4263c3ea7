/** Installs peers, each as a Python environment of its own, into the engine cache. */
import { join } from "node:path";
import { COMPLETE, exists } from "@/engines/cache.ts";
import { install, type Step } from "@/setup/install.ts";
import { runInstaller } from "@/setup/installer.ts";
import { findPython, SetupError } from "@/setup/python.ts";
import { uv, uvDownloads, uvStep } from "@/setup/uv.ts";
import { type Peer, peerDir, type PeerInstall } from "./peer.ts";
import { tokenizerSteps } from "./tokenizer.ts";

/**
 * Installs those of `peers` that have an environment of their own, and what all need; says what
 * brings the others. Throws `SetupError` with what is missing and what to do.
 */
export async function installPeers(
  peers: readonly Peer[],
  options: { say: (line: string) => void; dryRun?: boolean },
): Promise<void> {
  for (const { name, install: own, howToInstall, program } of peers) {
    if (own || program("python")) continue;
    options.say(`${name} comes with its engine: ${howToInstall}`);
  }
  await install(peerSteps(peers), options);
  if (!options.dryRun) await Deno.remove(uvDownloads(), { recursive: true }).catch(() => {});
}

/** What has to be done for them, in order. */
export function peerSteps(peers: readonly Peer[]): Step[] {
  const environments = peers.flatMap((peer) =>
    peer.install ? [environmentStep(peer, peer.install)] : []
  );
  return [uvStep(), ...tokenizerSteps(), ...environments];
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
