/** An invented run folder of any size for `deno task bench:analysis`; no number in it was measured. */
import { randomLcg, randomLogNormal } from "d3-random";
import { type PlannedTrial, planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { createRunFolder, type RunFolder } from "@/records/run_folder.ts";
import { syntheticRequest } from "@/records/synthetic_request.ts";

/** Two entries at two levels in three blocks. */
const TRIALS = 12;
const AT = "2026-01-02T03:04:05.678Z";

/**
 * Writes a finished run of about `requests` requests with `tokens` token times each into `dir`, by the
 * way that `bench` writes one: a journal and a Parquet file a trial.
 */
export async function writeSyntheticRun(
  dir: string,
  { requests, tokens }: { requests: number; tokens: number },
): Promise<void> {
  const config = configSchema.parse({
    engines: {
      "sim-vllm": { kind: "simulated", wire: "vllm" },
      "sim-sglang": { kind: "simulated", wire: "sglang" },
    },
    benchmark: {
      concurrency_levels: [16, 64],
      requests_per_level: Math.round(requests / TRIALS),
      warmup_requests: 0,
      max_tokens: tokens,
      blocks: 3,
      seed: 1,
    },
  });
  const plan = planTrials(config);
  using folder = createRunFolder(dir, {
    form: 1,
    run_id: `synthetic-${requests}`,
    created_at: AT,
    config_name: "synthetic.yaml",
    config,
    config_notes: [],
    plan,
    not_run: [],
    prompts: { name: "synthetic", sha256: "", count: 200 },
    argv: [],
    git: null,
    machine: { cpu: "invented", cores: 1, memory_bytes: 0, os: "invented", gpu: null },
    versions: {},
    models: {},
    pinning: { server_cores: null, client_cores: null, note: null },
  });
  for (const { launch_id, entry, block, trials } of plan.launches) {
    const launch = { launch_id, entry, kind: "simulated", simulated: true, block };
    const server = { pid: null, argv: [], base_url: "", log: null, error: null, failure: null };
    const [outcome, exit] = ["stopped", "exit 0"] as const;
    const started = { started_at: AT, ready_s: 1 };
    folder.journal.append({ type: "launch", ...launch, ...server, ...started, outcome, exit });
    for (const trial of trials) await writeTrial(folder, trial, tokens);
  }
  folder.journal.append({ type: "run", state: "finished", at: AT });
}

/** A closed loop whose every user sends its next request as soon as its last one has ended. */
async function writeTrial(folder: RunFolder, trial: PlannedTrial, tokens: number): Promise<void> {
  const users = trial.concurrency!;
  const free_ms = new Array<number>(users).fill(0);
  const source = randomLcg((trial.block + users / 128) / 8);
  const factor = randomLogNormal.source(source)(0, 0.2);
  const sink = folder.openTrial(trial.trial_id);
  for (let index = 0; index < trial.requests; index++) {
    const user = index % users;
    const record = synthetic(trial, index, { sent_ms: free_ms[user]!, users, tokens, factor });
    free_ms[user] = record.end_ms;
    sink.append(record);
  }
  const window = { start_ms: 0, end_ms: Math.min(...free_ms) };
  await sink.finish(window);
  folder.journal.append({
    type: "trial",
    trial_id: trial.trial_id,
    launch_id: trial.launch_id,
    outcome: "finished",
    started_at: AT,
    window_start_ms: window.start_ms,
    window_end_ms: window.end_ms,
    client: null,
    memory: null,
    error: null,
  });
}

interface Pace {
  sent_ms: number;
  users: number;
  tokens: number;
  /** A factor around 1, anew at each call. */
  factor: () => number;
}

function synthetic({ trial_id }: PlannedTrial, index: number, pace: Pace): RequestRecord {
  const { sent_ms, users, tokens, factor } = pace;
  let at_ms = sent_ms + (30 + users) * factor();
  const token_ms = Array.from(
    { length: tokens },
    (_, i) => i === 0 ? at_ms : at_ms += 9 * factor(),
  );
  return syntheticRequest({ trial_id, index, users, sent_ms, token_ms });
}
