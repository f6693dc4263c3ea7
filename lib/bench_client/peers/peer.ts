/** What the bench knows of another project's client: how it is got, started and read. */
import { join } from "node:path";
import { clientsDir, COMPLETE } from "@/engines/cache.ts";
import type { Scenario } from "../scenarios.ts";

/** One run of a peer: what it is put to and where it finds and leaves things. */
export interface PeerAssignment {
  scenario: Scenario;
  /** The server's root, e.g. `http://127.0.0.1:4000`. */
  url: string;
  /** An empty folder, in which it also runs. */
  folder: string;
  /** A Hugging Face folder of a tokenizer. */
  tokenizer: string;
}

/** How a peer's environment is made. */
export interface PeerInstall {
  /** Distributions with their pins, as `uv pip install` takes them. */
  requirements: string[];
  /** Those that are installed without what they require. */
  alone?: string[];
  /** Minor versions of Python 3; a `null` at the end: and newer. */
  pythons: (number | null)[];
  /** A program and arguments that load it and do nothing. */
  starts: [string, ...string[]];
  download_mb: number;
  disk_mb: number;
}

export interface Peer {
  /** As it is named on the command line. */
  name: string;
  version: string;
  /** A program of its environment that is there once it is installed; null while it is not. */
  program(name: string): string | null;
  /** What brings it; an engine's setup where there is no `install`. */
  howToInstall: string;
  install?: PeerInstall;
  /** Files that it wants in its folder before it starts, by name. */
  files?(assignment: PeerAssignment): Record<string, string>;
  command(program: (name: string) => string, assignment: PeerAssignment): string[];
  /** Path of the result file within its folder; the first that fits. */
  result: RegExp;
}

/** Tokens of each question; the server does not read them. */
export const PROMPT_TOKENS = 50;

export function peerDir({ name, version }: Pick<Peer, "name" | "version">): string {
  return join(clientsDir(), `${name}-${version}`);
}

/** A peer that has an environment of its own in the engine cache. */
export function installedPeer(
  peer: Omit<Peer, "program" | "howToInstall"> & { install: PeerInstall },
): Peer {
  return {
    ...peer,
    howToInstall: `deno task bench:client --install-peers ${peer.name}`,
    program(name) {
      const folder = peerDir(peer);
      try {
        Deno.statSync(join(folder, COMPLETE));
        return join(folder, "venv", "bin", name);
      } catch {
        return null;
      }
    },
  };
}
