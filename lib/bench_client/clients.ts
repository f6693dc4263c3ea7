/** The clients that are compared: how each is started, and what one run of it gives. */
import { join } from "node:path";
import { TRANSPORT_NAMES, transportFor } from "@/load/transport.ts";
import type { Programs } from "./programs.ts";
import type { Scenario } from "./scenarios.ts";

/** Where a client finds the server and what it has to write. */
export interface Assignment {
  scenario: Scenario;
  port: string;
  /** Its answers, one line a request: number, sent, tokens, in milliseconds of CLOCK_MONOTONIC. */
  log: string;
  /** An empty folder of this run. */
  folder: string;
}

export interface Client {
  name: string;
  about: string;
  /** The project's own client. */
  ours: boolean;
  /** The one that plain HTTP goes over, which the targets are for. */
  judged: boolean;
  command(programs: Programs, assignment: Assignment): string[];
}

export const CLIENTS: readonly Client[] = [
  {
    name: "floor",
    about: "C and epoll, parses nothing",
    ours: false,
    judged: false,
    command: ({ floor }, assignment) => [floor, ...options(assignment)],
  },
  ...TRANSPORT_NAMES.map((transport): Client => ({
    name: transport,
    about: `this project's client over its ${transport} transport`,
    ours: true,
    judged: transport === transportFor("http://h"),
    command: (_, assignment) => ourCommand(assignment, "--transport", transport),
  })),
  {
    name: "4-workers",
    about: "this project's client in 4 workers, over the transport of plain HTTP",
    ours: true,
    judged: false,
    command: (_, assignment) =>
      ourCommand(assignment, "--transport", transportFor("http://h"), "--workers", "4"),
  },
];

function ourCommand(assignment: Assignment, ...rest: string[]): string[] {
  return [
    Deno.execPath(),
    "run",
    "-A",
    join(import.meta.dirname!, "client_process.ts"),
    ...options(assignment),
    ...["--journal", join(assignment.folder, "journal.ndjson")],
    ...rest,
  ];
}

function options({ scenario, port, log }: Assignment): string[] {
  const { users, requests, max_tokens } = scenario;
  const values = { port, users, requests, "max-tokens": max_tokens, log };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
