/**
 * How well the client measures, and what that costs: `deno task bench:client`. A native server of
 * known truth on one core, the clients in turn on another, one table of medians.
 */
import { Command, Option } from "commander";
import { coresOf } from "@/config/cores.ts";
import { findProgram } from "@/engines/programs.ts";
import { TRANSPORT_NAMES } from "@/load/transport.ts";
import { type ClientRuns, rowsOf, tableText } from "./bench_table.ts";
import { CLIENTS } from "./clients.ts";
import { buildPrograms } from "./programs.ts";
import { type Cores, runClient } from "./run_client.ts";
import { describe, type Scenario, SCENARIOS } from "./scenarios.ts";

interface Options {
  scenario: string[];
  transport: string[];
  runs: number;
  serverCore: string;
  clientCore: string;
  json: boolean;
}

/** Runs of all clients on one scenario, in turn, so that a noisy minute meets them all. */
async function measure(
  scenario: Scenario,
  options: Options,
  programs: string,
): Promise<ClientRuns[]> {
  const built = await buildPrograms(programs);
  const cores: Cores = { server: options.serverCore, client: options.clientCore };
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

/** Gives 0 when every target is met, else 1. */
async function benchClient(options: Options): Promise<number> {
  await refuseWithoutCores(options);
  const load = Deno.loadavg().map((value) => value.toFixed(2)).join(", ");
  console.error(`load average before: ${load}; above 0.5 the numbers are not to be quoted`);
  const programs = await Deno.makeTempDir({ prefix: "bench-client-" });
  const results: { scenario: Scenario; load_average: string; rows: ReturnType<typeof rowsOf> }[] =
    [];
  try {
    for (const scenario of SCENARIOS.filter(({ name }) => options.scenario.includes(name))) {
      const load_average = load;
      const rows = rowsOf(scenario.name, await measure(scenario, options, programs));
      results.push({ scenario, load_average, rows });
      if (options.json) continue;
      console.log(`${scenario.name}: ${describe(scenario)}; median of ${options.runs}`);
      console.log(`${tableText(rows)}\n`);
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

function runsOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--runs ${text}: a number from 1 up is expected`);
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
  .option("--runs <number>", "of each client on each load; medians are told", runsOf, 5)
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
