/** One run of one client against a truth server of its own, each on a core of its own. */
import { join } from "node:path";
import { startNativeServer } from "@/truth/native_source.ts";
import type { Client } from "./clients.ts";
import type { Programs } from "./programs.ts";
import type { Measured, Scenario } from "./scenarios.ts";
import { errorsOf, parseAnswers, parseTruth } from "./truth.ts";

const PROJECT = join(import.meta.dirname!, "../..");

export interface Cores {
  server: string;
  client: string;
}

/** What a client prints of itself. */
interface Costs {
  startup_cpu_s: number;
  streaming_cpu_s: number;
  streaming_s: number;
  /** Until fewer requests are in flight than users for the first time; absent where it does not know. */
  window_tokens_per_s?: number;
  peak_bytes: number;
  /** Requests that it sent first and does not tell of. */
  warmup_requests?: number;
  /** Its first failed request, if it knows of such. */
  failed?: string | null;
}

/** Runs `client` on `scenario` and compares the two logs. Throws when either program fails. */
export async function runClient(
  client: Client,
  scenario: Scenario,
  programs: Programs,
  cores: Cores,
): Promise<Measured> {
  const folder = await Deno.makeTempDir({ prefix: "bench-client-" });
  const truthLog = join(folder, "truth.txt");
  const log = join(folder, "answers.txt");
  try {
    const server = startServer(scenario, programs.truth, truthLog, cores);
    let costs: Costs;
    try {
      const command = client.command(programs, { scenario, port: await server.port, log, folder });
      costs = JSON.parse(await outputOf(client.name, ["-c", cores.client, ...command]));
    } finally {
      await server.stop();
    }
    const truth = parseTruth(await Deno.readTextFile(truthLog), costs.warmup_requests ?? 0);
    const answers = parseAnswers(await Deno.readTextFile(log));
    const errors = errorsOf(scenario, truth, answers);
    const tokens = [...answers.values()].reduce((sum, { token_ms }) => sum + token_ms.length, 0);
    return {
      ...errors,
      miscounted: costs.failed ?? errors.miscounted,
      tokens_per_s: tokens / costs.streaming_s,
      window_tokens_per_s: costs.window_tokens_per_s ?? tokens / costs.streaming_s,
      cpu_us_per_token: costs.streaming_cpu_s * 1e6 / tokens,
      startup_cpu_s: costs.startup_cpu_s,
      peak_bytes: costs.peak_bytes,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The server ends, and writes its log, when it is stopped. */
export function startServer(scenario: Scenario, program: string, log: string, cores: Cores) {
  const { mode, ttft_ms, gap_ms: token_ms } = scenario;
  return startNativeServer({ program, log, cores: cores.server, mode, ttft_ms, token_ms });
}

async function outputOf(name: string, args: string[]): Promise<string> {
  const env = { DENO_V8_FLAGS: heapFlags() };
  const { success, stdout, stderr } = await new Deno.Command("taskset", { args, env }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`the client ${name} failed:\n${new TextDecoder().decode(stderr).slice(-2000)}`);
}

/** The sizes of the heap with which `deno task bench` runs, and so the project's client here. */
export function heapFlags(): string {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(PROJECT, "deno.json")));
  const flags = /--v8-flags=(\S+)/.exec(tasks.bench);
  if (flags === null) throw new Error("deno.json: the task bench has no --v8-flags");
  return flags[1]!;
}
