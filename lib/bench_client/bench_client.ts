/**
 * How well the client measures, and what that costs: `deno task bench:client`. A native server of
 * known truth on one core, the clients in turn on another, one table of medians.
 */
import { Command, Option } from "commander";
import { coresOf } from "@/config/cores.ts";
import { findProgram } from "@/engines/programs.ts";
import { TRANSPORT_NAMES } from "@/load/transport.ts";
import { type ClientRuns, type Row, rowsOf, tableText } from "./bench_table.ts";
import { CLIENTS } from "./clients.ts";
import { PEERS } from "./peers.ts";
import { benchContenders, contendersOf, peersNamed, peersText } from "./peers_bench.ts";
import { installPeers } from "./peers/install_peers.ts";
import type { ContenderRuns } from "./peers_table.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { type Cores, runClient } from "./run_client.ts";
import { describe, type Scenario, SCENARIOS } from "./scenarios.ts";
import { unitsHere } from "./tree_usage.ts";

interface Options {
  scenario: string[];
  transport: string[];
  runs: number;
  serverCore: string;
  clientCore: string;
  /** Names of peers; true and absent: all; false: none. */
  peers?: string[] | boolean;
  peerRuns: number;
  installPeers?: string[] | boolean;
  dryRun: boolean;
  json: boolean;
}

interface Result {
  scenario: Scenario;
  load_average: string;
  rows: Row[];
  peers: ContenderRuns[];
}

/** Runs of all clients on one scenario, in turn, so that a noisy minute meets them all. */
async function measure(
  scenario: Scenario,
  options: Options,
  built: Programs,
): Promise<ClientRuns[]> {
  const cores = coresAsked(options);
  const all = CLIENTS
    .filter(({ name, ours }) => !ours || options.transport.includes(name))
    .map((client): ClientRuns & { client: typeof CLIENTS[number] } => ({ client, runs: [] }));
  for (let run = 1; run <= options.runs; run++) {
    for (const { client, runs } of all) {
      console.error(`${scenario.name}: ${client.name}, run ${run} of ${options.runs}`);
      runs.push(await runClient(client, scenario, built, cores));
    }
  }
  return all;
}

/** The peers that were asked for; without any names none if none is installed. */
async function measurePeers(
  scenario: Scenario,
  options: Options,
  built: Programs,
): Promise<ContenderRuns[]> {
  const { peers = true } = options;
  if (peers === false || options.peerRuns === 0) return [];
  const asked = peersNamed(namesIn(peers));
  if (!asked.some((peer) => peer.program("python"))) {
    console.error("no peer is installed: deno task bench:client --install-peers");
    if (!Array.isArray(peers)) return [];
  }
  const cores = coresAsked(options);
  const bench = { truth: built.truth, cores, units: await unitsHere() };
  return await benchContenders(contendersOf(asked, built), scenario, options.peerRuns, bench);
}

const namesIn = (asked: string[] | boolean) => Array.isArray(asked) ? asked : [];

const coresAsked = ({ serverCore, clientCore }: Options): Cores => ({
  server: serverCore,
  client: clientCore,
});

/** Refuses where server and client cannot be held apart: then each would be charged with the other. */
async function refuseWithoutCores({ serverCore, clientCore }: Options): Promise<void> {
  if (await findProgram("taskset") === null) {
    throw new Error("there is no taskset to hold server and client apart: apt install util-linux");
  }
  const [server, client] = [coresOf(serverCore), coresOf(clientCore)];
  const highest = Math.max(...server, ...client);
  if (server.some((core) => client.includes(core)) || highest >= navigator.hardwareConcurrency) {
    throw new Error(
      `server on core ${serverCore} and client on core ${clientCore}: they must differ and be ` +
        `below ${navigator.hardwareConcurrency}, the number of cores here`,
    );
  }
}

/** Gives 0 when every target is met, else 1; what peers measure does not matter. */
async function benchClient(options: Options): Promise<number> {
  if (options.installPeers !== undefined) {
    const { dryRun } = options;
    const peers = peersNamed(namesIn(options.installPeers));
    const failed = await installPeers(peers, { say: console.log, dryRun });
    return failed.length === 0 ? 0 : 1;
  }
  await refuseWithoutCores(options);
  const load_average = Deno.loadavg().map((value) => value.toFixed(2)).join(", ");
  console.error(`load average before: ${load_average}; above 0.5 the numbers are not to be quoted`);
  const programs = await Deno.makeTempDir({ prefix: "bench-client-" });
  const results: Result[] = [];
  try {
    const built = await buildPrograms(programs);
    for (const scenario of SCENARIOS.filter(({ name }) => options.scenario.includes(name))) {
      const rows = options.runs === 0
        ? []
        : rowsOf(scenario.name, await measure(scenario, options, built));
      if (!options.json) tell(scenario, rows, options);
      const peers = await measurePeers(scenario, options, built);
      if (!options.json && peers.length > 0) console.log(`${peersText(peers, options.peerRuns)}\n`);
      results.push({ scenario, load_average, rows, peers });
    }
  } finally {
    await Deno.remove(programs, { recursive: true });
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
  const good = results.every(({ rows }) =>
    rows.every(({ miscounted, verdicts }) =>
      miscounted === null && verdicts.every(({ met }) => met)
    )
  );
  return good ? 0 : 1;
}

function tell(scenario: Scenario, rows: Row[], { runs }: Options): void {
  console.log(`${scenario.name}: ${describe(scenario)}${runs === 0 ? "" : `; median of ${runs}`}`);
  if (rows.length > 0) console.log(`${tableText(rows)}\n`);
}

function runsOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`"${text}" runs: a number from 0 up is expected`);
  return Number(text);
}

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);
const ours = CLIENTS.filter((client) => client.ours);
const command = new Command("bench:client")
  .description("Measures the client against a server of known truth and a client in C.")
  .addOption(
    new Option("--scenario <names...>", "loads").choices(names(SCENARIOS)).default(["A", "B"]),
  )
  .addOption(
    new Option("--transport <names...>", "of the client, or 4-workers").choices(names(ours))
      .default(TRANSPORT_NAMES),
  )
  .option("--runs <number>", "of each client on each load; medians are told; 0: none", runsOf, 5)
  .addOption(
    new Option("--peers [names...]", "other clients beside it (default: all, where one is there)")
      .choices(names(PEERS)),
  )
  .option("--no-peers", "leave them out")
  .option("--peer-runs <number>", "of each peer on each load", runsOf, 1)
  .addOption(
    new Option("--install-peers [names...]", "install peers (default: all) and measure nothing")
      .choices(names(PEERS)),
  )
  .option("--dry-run", "with --install-peers: tell what would be installed", false)
  .option("--server-core <core>", "where the server runs", "0")
  .option("--client-core <core>", "where the clients run, one after the other", "1")
  .option("--json", "tell everything as JSON", false);

if (import.meta.main) {
  try {
    Deno.exitCode = await benchClient(command.parse(Deno.args, { from: "user" }).opts<Options>());
  } catch (error) {
    console.error((error as Error).message);
    Deno.exitCode = 2;
  }
}
