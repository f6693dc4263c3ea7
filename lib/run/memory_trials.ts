/**
 * Whole trials over loopback for the memory bench: what this process keeps in the middle of a trial
 * and of one that is twice as long. Run as a program it is the server that answers them.
 */
import { plannedTrials, planTrials } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import { type Config, configSchema } from "@/config/schema.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import type { Manifest } from "@/records/manifest.ts";
import { Progress, type TrialProgress } from "./progress.ts";
import { runTrial } from "./run_trial.ts";
import type { WarmServer } from "./warm_server.ts";

/** How a load is called, and what a config says of it. */
const LOADS: Record<string, (requests: number) => object> = {
  "closed loop, 32 users": (requests) => ({
    concurrency_levels: [32],
    requests_per_level: requests,
  }),
  "closed loop, 32 users, 2 workers": (requests) => ({
    concurrency_levels: [32],
    requests_per_level: requests,
    workers: 2,
  }),
  // Capped, so that what is in flight does not depend on how busy this machine is.
  "Poisson, 2000/s, at most 32 in flight": (requests) => ({
    concurrency_levels: [],
    loads: [{ mode: "poisson", rates_per_s: [2000], requests, max_in_flight: 32 }],
  }),
};

/** Runs each load twice, calling `seen` in the middle of each trial. Throws when a request failed. */
export async function runTrials(
  requests: number,
  { dir, prompts }: { dir: string; prompts: readonly Prompt[] },
  seen: (load: string, requests: number) => void,
): Promise<void> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", import.meta.filename!],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  try {
    const reader = server.stdout.getReader();
    const baseUrl = new TextDecoder().decode((await reader.read()).value).trim();
    for (const [name, load] of Object.entries(LOADS)) {
      for (const count of [requests / 2, requests]) {
        const config = configOf(baseUrl, { ...load(count), warmup_requests: 32 });
        const run = { config, prompts, dir: `${dir}/${name.replace(/\W+/g, "-")}-${count}` };
        await runOne(baseUrl, run, (done) => done === count / 2 && seen(name, count));
      }
    }
    reader.releaseLock();
  } finally {
    await server.stdin.close();
    await server.stdout.cancel();
    await server.status;
  }
}

interface Run {
  config: Config;
  prompts: readonly Prompt[];
  dir: string;
}

async function runOne(
  baseUrl: string,
  { config, prompts, dir }: Run,
  measured: (done: number) => void,
): Promise<void> {
  const plan = planTrials(config);
  const [trial] = plannedTrials(plan);
  using folder = createRunFolder(dir, { form: 1, run_id: "memory", config, plan } as Manifest);
  class Watched extends Progress {
    override update({ done, warmup }: TrialProgress): void {
      if (!warmup) measured(done);
    }
  }
  const { signal } = new AbortController();
  const { arrivals = {} } = plan;
  const progress = new Watched(1);
  const warm = {
    server: { baseUrl, model: "m", pid: null },
    habits: { closesUnannounced: false },
    died: new AbortController().signal,
    watch: null,
  } as unknown as WarmServer;
  const room = { cores: 3, ceiling_tokens_per_s: null };
  const context = { config, prompts, folder, progress, signal, arrivals, room };
  const { outcome, error } = await runTrial(trial!, warm, context);
  if (outcome !== "finished") throw new Error(`the trial ${outcome}: ${error}`);
}

function configOf(base_url: string, benchmark: object): Config {
  return configSchema.parse({
    engines: { ext: { kind: "external", base_url, model: "m" } },
    benchmark: { max_tokens: 4, blocks: 1, canary: false, ...benchmark },
  });
}

const ANSWER = [
  ...["How", " do", " you", " do"].map((content) => ({ choices: [{ delta: { content } }] })),
  { choices: [{ delta: {}, finish_reason: "length" }] },
  { choices: [], usage: { prompt_tokens: 300, completion_tokens: 4, total_tokens: 304 } },
].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n";

if (import.meta.main) {
  const headers = { "content-type": "text/event-stream" };
  const onListen = ({ port }: { port: number }) => console.log(`http://127.0.0.1:${port}/v1`);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, async (request) => {
    await request.body?.pipeTo(new WritableStream());
    return new Response(ANSWER, { headers });
  });
  // Its end is that of whoever started it.
  for await (const _ of Deno.stdin.readable);
  await server.shutdown();
}
