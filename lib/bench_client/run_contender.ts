/** One run of one contender: its whole tree of processes is watched from outside. */
import { join } from "node:path";
import { startProcess } from "@/engines/supervised_process.ts";
import type { Contender, ContenderRun } from "./contenders.ts";
import { monotonicOffset } from "./monotonic_clock.ts";
import { type Cores, startServer } from "./run_client.ts";
import type { Scenario } from "./scenarios.ts";
import { type ToldErrors, toldErrors } from "./told.ts";
import { allProcesses, TreeUsage, type Units } from "./tree_usage.ts";
import { parseTruth, type TruthOfRequest } from "./truth.ts";

export interface ContenderMeasured extends ToldErrors {
  /** CPU time of all its processes between the first request and the last token, for each token. */
  cpu_us_per_token: number;
  /** The same from its start to its end. */
  whole_cpu_us_per_token: number;
  /** CPU time before its first request. */
  startup_cpu_s: number;
  /** Largest sum of resident memory of its processes. */
  peak_bytes: number;
  wall_s: number;
}

export interface Bench {
  /** Path of the truth server. */
  truth: string;
  cores: Cores;
  units: Units;
}

const LOOK_EACH_MS = 200;
const LONGEST_S = 600;
const GRACE_S = 2;
/** All descriptors that the machine allows, for a thousand streams; then what everything has cost. */
const COUNTED = 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; costs=$1; shift; "$@"; code=$?; ' +
  'times >"$costs"; exit $code';

/** Throws with the end of what it said when it fails or leaves nothing to read. */
export async function runContender(
  contender: Contender,
  scenario: Scenario,
  { truth: program, cores, units }: Bench,
): Promise<ContenderMeasured> {
  const own = await Deno.makeTempDir({ prefix: "bench-client-" });
  const [log, folder, truthLog, costs] = ["output.txt", "run", "truth.txt", "costs.txt"]
    .map((name) => join(own, name)) as [string, string, string, string];
  try {
    await Deno.mkdir(folder);
    const server = startServer(scenario, program, truthLog, cores);
    const run: ContenderRun = { scenario, folder, port: await server.port };
    let watched;
    try {
      watched = await watch(contender, run, { log, costs, cores: cores.client, units });
    } finally {
      await server.stop();
    }
    const { told, warmup } = saying(log, () => contender.told(run, Deno.readTextFileSync(log)));
    const truth = parseTruth(await Deno.readTextFile(truthLog), warmup);
    const errors = saying(log, () => toldErrors(scenario, truth, told));
    const [first_ms, last_ms] = streaming(truth);
    const { usage, started_ms, wall_s } = watched;
    const whole_s = Math.max(shellSeconds(await Deno.readTextFile(costs)), usage.latest_s);
    const us = (seconds: number) => seconds * 1e6 / errors.tokens_sent;
    return {
      ...errors,
      cpu_us_per_token: us(usage.between(first_ms, last_ms)),
      whole_cpu_us_per_token: us(whole_s),
      startup_cpu_s: usage.between(started_ms, first_ms),
      peak_bytes: usage.peak_bytes,
      wall_s,
    };
  } finally {
    await Deno.remove(own, { recursive: true });
  }
}

/** Runs it to its end. */
async function watch(
  contender: Contender,
  run: ContenderRun,
  where: { log: string; costs: string; cores: string; units: Units },
) {
  const { argv, env, files } = contender.command(run);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(run.folder, name), text);
  }
  const inFolder = ["sh", "-c", 'cd "$1"; shift; exec "$@"', "sh", run.folder];
  const counted = ["sh", "-c", COUNTED, "sh", where.costs, ...argv];
  const offset_ms = monotonicOffset();
  const now_ms = () => performance.now() + offset_ms;
  const started_ms = now_ms();
  const { log, cores, units } = where;
  await Deno.writeTextFile(log, "");
  const command = { argv: [...inFolder, ...counted], env };
  const process = await startProcess(command, { log, cores, grace_s: GRACE_S });
  const usage = new TreeUsage(process.pid, units);
  const look = () => usage.look(now_ms(), allProcesses());
  look();
  const looking = setInterval(look, LOOK_EACH_MS);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    process.stop();
  }, LONGEST_S * 1000);
  const how = await process.exited;
  clearInterval(looking);
  clearTimeout(limit);
  await process.stop();
  if (late) throw new Error(`it had not ended after ${LONGEST_S} s${endOf(log)}`);
  if (how !== "exit 0") throw new Error(`it ended with ${how}${endOf(log)}`);
  return { usage, started_ms, wall_s: (now_ms() - started_ms) / 1000 };
}

/** From the first request to the last token. */
function streaming(truth: ReadonlyMap<number, TruthOfRequest>): [number, number] {
  const all = [...truth.values()];
  return [
    all.reduce((first, { came_ms }) => Math.min(first, came_ms), Infinity),
    all.reduce((last, { token_ms }) => Math.max(last, token_ms.at(-1) ?? -Infinity), -Infinity),
  ];
}

/** The four times that a shell's `times` prints: its own and its children's, user and system. */
export function shellSeconds(text: string): number {
  const times = [...text.matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

function saying<T>(log: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${(error as Error).message}${endOf(log)}`, { cause: error });
  }
}

function endOf(log: string): string {
  const lines = Deno.readTextFileSync(log).trim().split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-8).map((line) => `\n  | ${line.slice(0, 200)}`).join("");
}
