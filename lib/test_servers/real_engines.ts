/** The real engines that run on a CPU, their entries in a study, and small runs of them. */
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { parsePrompts } from "@/config/prompts.ts";
import { parseConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { launch, LaunchError, type Server } from "@/engines/launch.ts";
import { engineOf } from "@/engines/kinds.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import { readWholeRun, type WholeRun } from "@/records/testdata/whole_run.ts";
import { Progress } from "@/run/progress.ts";
import { runPlan } from "@/run/run_plan.ts";
import { install } from "@/setup/install.ts";
import { enginePart } from "@/setup/parts.ts";
import type { TempFolder } from "./processes.ts";

/** Installs, as `setup` does, vLLM for the CPU and its model where they are not there yet. */
export async function installVllm(): Promise<void> {
  await install(await enginePart("vllm", "cpu").steps(), { say: console.log });
}

/** The same for llama.cpp. */
export async function installLlamaCpp(): Promise<void> {
  await install(await enginePart("llama-cpp", "cpu").steps(), { say: console.log });
}

const VLLM_FLAGS = [
  "--dtype=bfloat16",
  "--max-model-len=2048",
  "--max-num-seqs=16",
  "--enforce-eager",
  "--kv-cache-memory-bytes=256M",
  "--no-enable-prefix-caching",
];

/** Of a flag that stands twice, vLLM takes the second. */
export function vllmOnCpu(...extra_args: string[]) {
  return { kind: "vllm", device: "cpu", extra_args: [...VLLM_FLAGS, ...extra_args] };
}

export const LLAMA_CPP = { kind: "llama-cpp", slots: 4, context_tokens: 2048 };

/** Shared and busy machines start engines slowly, and nothing here asks how fast they start. */
export const START_TIMEOUT_S = 480;

export interface StudyParts {
  engines: Record<string, object>;
  model?: string;
  benchmark?: object;
}

/** The config of a small study. */
export function smallConfig({ engines, model, benchmark }: StudyParts): Config {
  const study = {
    ...(model === undefined ? {} : { model: { name: model } }),
    engines,
    benchmark: {
      max_tokens: 8,
      blocks: 1,
      warm_block: false,
      repeat_spoilt: false,
      canary: false,
      start_timeout_s: START_TIMEOUT_S,
      ...benchmark,
    },
  };
  return parseConfig(JSON.stringify(study), "study.json").config;
}

const never = new AbortController().signal;

/** Launches the study's only entry. */
export async function launchOne(folder: TempFolder, parts: StudyParts): Promise<Server> {
  const config = smallConfig(parts);
  const [entry] = Object.keys(config.engines);
  return await launch({
    config,
    entry: entry!,
    cores: null,
    log: folder.file("log"),
    signal: never,
  });
}

/** The same where the launch is to fail; a server that starts all the same is stopped. */
export async function launchFailure(folder: TempFolder, parts: StudyParts): Promise<LaunchError> {
  let server: Server;
  try {
    server = await launchOne(folder, parts);
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  await server.stop();
  throw new Error(`${JSON.stringify(parts.engines)} started, where it was to fail`);
}

/** Runs the whole study into `run` in the folder, on these prompts. */
export async function runSmall(folder: TempFolder, parts: StudyParts, prompts: string[]) {
  const config = smallConfig(parts);
  const plan = planTrials(config);
  const described = await Promise.all(
    Object.entries(config.engines).map(async ([name, entry]) =>
      [name, (await engineOf(entry.kind).describe(entry, config)).version] as const
    ),
  );
  const versions = Object.fromEntries(described);
  const manifest = { form: 1, run_id: "run", config, plan, versions } as unknown as Manifest;
  const trials = plan.launches.flatMap((planned) => planned.trials).length;
  using run = createRunFolder(folder.file("run"), manifest);
  const result = await runPlan(plan, {
    config,
    prompts: parsePrompts(JSON.stringify({ short: prompts }), "prompts.json"),
    folder: run,
    progress: new Progress(trials, { isTerminal: false, columns: 80, write: () => {} }),
    signal: never,
    server_cores: null,
  });
  return { result, data: readWholeRun(run.dir) };
}

/** Prompt tokens of each request of a run by what was asked, which is the same for all entries of a block. */
export function promptTokens({ requests, manifest }: WholeRun): Map<string, (number | null)[]> {
  const trials = new Map(plannedTrials(manifest.plan).map((trial) => [trial.trial_id, trial]));
  const asked = ({ trial_id, phase, request_index, prompt_id }: RequestRecord) =>
    `${trials.get(trial_id)!.concurrency} users, ${phase} ${request_index}, ${prompt_id}`;
  const sorted = requests.map((request) => ({
    asked: asked(request),
    count: request.prompt_tokens,
  }))
    .sort((a, b) => a.asked.localeCompare(b.asked));
  const groups = Map.groupBy(sorted, (one) => one.asked);
  return new Map([...groups].map(([key, same]) => [key, same.map(({ count }) => count)]));
}

/** A greedy chat completion of that many tokens: its text, and the server's counts. */
export async function ask({ baseUrl, model }: Server, content: string, max_tokens: number) {
  const messages = [{ role: "user", content }];
  const body = { model, messages, max_tokens, temperature: 0, ignore_eos: true };
  const headers = { "content-type": "application/json" };
  const url = `${baseUrl}/chat/completions`;
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  const { choices, usage } = await answer.json();
  return {
    text: choices[0].message.content as string,
    prompt_tokens: usage.prompt_tokens as number,
    output_tokens: usage.completion_tokens as number,
  };
}
