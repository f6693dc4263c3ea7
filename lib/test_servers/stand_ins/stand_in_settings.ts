/** What a stand-in is, and what its command line asks of it. */
import type { CommandLine } from "@/engines/flags/command_line_flags.ts";
import type { FlagsProgram } from "@/engines/flags/recorded_flags.ts";
import type { WireName } from "@/engines/simulated/wire.ts";

export interface StandIn {
  /** How it calls itself, e.g. `stand-in for SGLang 0.5.23`. */
  title: string;
  program: FlagsProgram;
  version: string;
  wire: WireName;
  /** What makes it print its version. */
  versionCommand: string;
  /** The names of the flags that mean something to it. */
  flags: { model: string | null; servedName: string | null; maxSequences: string };
  /** Whether the real one binds its port before it loads anything. */
  bindsFirst: boolean;
  /** From its start to the KV cache and the graphs. */
  startLog(settings: Settings): string[];
  readyLog(settings: Settings): string[];
  portTaken(settings: Settings): string[];
  endWithPortTaken(): void;
  /** What it answers besides the simulated engine; null leaves a path to that. */
  route(path: string, state: State): RouteAnswer | null;
  /** Logged at SIGTERM, with the number of requests that are being answered. */
  termLog(inFlight: number): string[];
  /** Whether answers are ended at SIGTERM before it exits, or broken off. */
  drains: boolean;
}

export interface RouteAnswer {
  status: number;
  body?: unknown;
}

export interface Settings {
  host: string;
  port: number;
  model: string;
  maxSequences: number;
  /** Of the simulated engine. */
  kvTokens: number;
  /** Whether a flag was given, by its name in the table. */
  has(flag: string): boolean;
  value(flag: string): string | undefined;
}

/** What a route may tell of. */
export interface State {
  title: string;
  settings: Settings;
  inFlight: number;
  draining: boolean;
}

const KV_TOKENS = 65536;
const MAX_SEQUENCES = 256;

/** The settings that a command line in order asks for; later flags win. */
export function settingsOf({ flags }: StandIn, { used, positional }: CommandLine): Settings {
  const find = (name: string) => used.findLast(({ flag }) => flag.names.includes(name));
  const value = (name: string) => find(name)?.values[0];
  const model = (flags.model && value(flags.model)) || positional[0] || "";
  return {
    host: value("--host") ?? "127.0.0.1",
    port: Number(value("--port") ?? 0),
    model: (flags.servedName && value(flags.servedName)) || model,
    maxSequences: Number(value(flags.maxSequences) ?? MAX_SEQUENCES),
    kvTokens: KV_TOKENS,
    has: (name) => find(name) !== undefined,
    value,
  };
}
