/** Who is compared on the peers' terms: the peers, the project's client and the floor. */
import { join } from "node:path";
import { readTrials } from "@/import/readers.ts";
import { readSource } from "@/import/source_file.ts";
import type { Client } from "./clients.ts";
import type { Peer } from "./peers/peer.ts";
import { tokenizerDir, tokenizerHome } from "./peers/tokenizer.ts";
import type { Programs } from "./programs.ts";
import { heapFlags } from "./run_client.ts";
import type { Scenario } from "./scenarios.ts";
import { toldByFile, toldByLog, type ToldRequest } from "./told.ts";
import { parseAnswers } from "./truth.ts";

export interface ContenderCommand {
  argv: string[];
  env: Record<string, string>;
  /** To be written into the run's folder, by name. */
  files: Record<string, string>;
}

export interface ContenderRun {
  scenario: Scenario;
  port: string;
  folder: string;
}

export interface Contender {
  name: string;
  /** Null for what is of this project. */
  version: string | null;
  /** Why it cannot run, and what to do; null if it can. */
  missing: string | null;
  command(run: ContenderRun): ContenderCommand;
  /** What it tells of its requests, and how many it sent before those. `said`: all that it printed. */
  told(run: ContenderRun, said: string): { told: ToldRequest[]; warmup: number };
}

/** A peer, with nothing asked of the net. */
export function peerContender(peer: Peer): Contender {
  const { name, version } = peer;
  const installed = peer.program("python") !== null;
  return {
    name,
    version,
    missing: !installed
      ? `not installed: ${peer.howToInstall}`
      : isFolder(tokenizerDir())
      ? null
      : `no tokenizer: deno task bench:client --install-peers ${name}`,
    command({ scenario, port, folder }) {
      const url = `http://127.0.0.1:${port}`;
      const assignment = { scenario, url, folder, tokenizer: tokenizerDir() };
      return {
        argv: peer.command((program) => peer.program(program)!, assignment),
        env: { ...QUIET, HF_HOME: tokenizerHome() },
        files: peer.files?.(assignment) ?? {},
      };
    },
    told({ scenario, folder }) {
      const path = filesBelow(folder).find((file) => peer.result.test(file.split("/").at(-1)!));
      if (path === undefined) throw new Error("it left no result file");
      const { trials } = readTrials(readSource(path), { tool: null, concurrency: scenario.users });
      return { told: toldByFile(trials[0]!), warmup: 0 };
    },
  };
}

/** Nothing is downloaded or sent elsewhere meanwhile. */
const QUIET = {
  HF_HUB_OFFLINE: "1",
  TRANSFORMERS_OFFLINE: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  VLLM_NO_USAGE_STATS: "1",
  DO_NOT_TRACK: "1",
};

/** A client that writes the log which `bench:client` reads. */
export function ownContender(client: Client, programs: Programs): Contender {
  const log = (folder: string) => join(folder, "answers.txt");
  return {
    name: client.name,
    version: null,
    missing: null,
    command: (run) => ({
      argv: client.command(programs, { ...run, log: log(run.folder) }),
      env: { DENO_V8_FLAGS: heapFlags() },
      files: {},
    }),
    told({ folder }, said) {
      const costs = JSON.parse(said.trim().split("\n").at(-1)!) as { warmup_requests?: number };
      const answers = parseAnswers(Deno.readTextFileSync(log(folder)));
      return { told: toldByLog(answers), warmup: costs.warmup_requests ?? 0 };
    },
  };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? filesBelow(path) : [path];
  }).sort();
}
